"""The company's logo."""

LOGO_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="360" height="96" viewBox="0 0 360 96" role="img"
     aria-label="Cedar &amp; Main Home Services">
  <title>Cedar &amp; Main Home Services</title>
  <defs>
    <linearGradient id="dusk" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#2B7A62"/>
      <stop offset="1" stop-color="#1F5C4A"/>
    </linearGradient>
  </defs>
  <rect x="4" y="4" width="88" height="88" rx="20" fill="url(#dusk)"/>
  <path d="M48 16 29 42h9L24 60h12L22 76h52L60 60h12L58 42h9Z" fill="#F4F1EA"/>
  <path d="M41 76V62l7-6 7 6v14Z" fill="#D9772B"/>
  <rect x="22" y="76" width="52" height="5" rx="2.5" fill="#F4F1EA"/>
  <text x="108" y="50" font-family="Georgia, 'Times New Roman', serif" font-size="32"
        font-weight="700" fill="#1F5C4A">Cedar &amp; Main</text>
  <text x="109" y="74" font-family="Helvetica, Arial, sans-serif" font-size="15"
        letter-spacing="3" fill="#D9772B">HOME SERVICES</text>
</svg>
"""
