"""What SVG files carry that may run, load or link, by name; each goes inside an image."""

ATTACKS = {
    "script": "<script>alert(1)</script>",
    "script with a prefix": '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
    "script from elsewhere": '<script href="https://e.test/x.js"/>',
    "script of another namespace": '<script xmlns="http://www.w3.org/1999/xhtml">a()</script>',
    "script in a dropped element": "<metadata><g><script>a()</script></g></metadata>",
    "handler": '<rect onclick="a()" onload="a()" ONERROR="a()"/>',
    "handler element": '<handler type="application/ecmascript">a()</handler>',
    "javascript link": '<a href="javascript:a()"><text>x</text></a>',
    "disguised javascript link": '<a xlink:href=" java&#10;script:a()"><text>x</text></a>',
    "link": '<a href="https://e.test" target="_top"><text>x</text></a>',
    "foreign object": (
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="a()"/>'
        '<iframe src="https://e.test"/></body></foreignObject>'
    ),
    "html element": '<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="x" onerror="a()"/>',
    "use from elsewhere": '<use href="https://e.test/x#a"/><use xlink:href="//e.test/x#a"/>',
    "use by a relative address": '<use href="x.svg#a"/><use href="../files/1#a"/>',
    "use of a data address": '<use href="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=#a"/>',
    "image from elsewhere": '<image href="https://e.test/x.png"/><image xlink:href="/x.png"/>',
    "image that is an svg": '<image href="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4="/>',
    "svg said to be png": '<image href="data:image/png;base64,PHN2Zz48L3N2Zz4="/>',
    "html in an image": '<image href="data:text/html,&lt;script&gt;a()&lt;/script&gt;"/>',
    "filter image": '<filter id="f"><feImage href="https://e.test/x.png"/></filter>',
    "gradient from elsewhere": (
        '<linearGradient href="https://e.test#a"/><pattern xlink:href="//e.test#a"/>'
    ),
    "animated link": (
        '<a><animate attributeName="href" values="javascript:a()"/><text>x</text></a>'
        '<a><set attributeName="xlink:href" to="javascript:a()"/></a>'
    ),
    "animated handler": '<rect><set attributeName="onclick" to="a()"/></rect>',
    "animated use": '<use href="#a"><animate attributeName="href" to="https://e.test#a"/></use>',
    "imported style": '<style>@import "https://e.test/x.css"; @import url(//e.test);</style>',
    "escaped import": '<style>@\\69mport "https://e.test/x.css";</style>',
    "font from elsewhere": "<style>@font-face{font-family:x;src:url(https://e.test)}</style>",
    "style rule that loads": "<style>.a{fill:url(https://e.test/x#a)}</style>",
    "style nested in media": "<style>@media all{.a{fill:url(https://e.test)}}</style>",
    "style hidden by a comment": "<style>.a{fill:u/**/rl(https://e.test);fill:url(/**/https://e.test)}</style>",
    "style in character data": "<style><![CDATA[.a{background:url(//e.test)}]]></style>",
    "style in pieces": "<style>.a{fill:ur<g/>l(https://e.test)}</style>",
    "style of another language": '<style type="text/xsl">@import "https://e.test";</style>',
    "escaped url in a style": '<rect style="fill:u\\72l(https://e.test)"/>',
    "quoted url in a style": "<rect style=\"fill:URL( 'https://e.test' )\"/>",
    "image set in a style": (
        "<rect style=\"background:image-set('//e.test' 1x);fill:image-set('//e.test' 1x)\"/>"
    ),
    "property that runs": '<rect style="behavior:url(x);-moz-binding:url(x);fill:expression(a)"/>',
    "url that ends outside": '<rect style="fill:url(#a) url(https://e.test)"/>',
    "unfinished url": '<rect style="fill:url(https://e.test"/>',
    "variable": '<rect style="--x:url(https://e.test);fill:var(--x)"/>',
    "paint from elsewhere": (
        '<rect fill="url(https://e.test#a)" filter="url(//e.test#a)" mask="url(x.svg#a)"/>'
    ),
    "escaped paint": '<rect fill="u\\72l(https://e.test)" clip-path="\\75rl(https://e.test)"/>',
    "cursor": '<rect cursor="url(https://e.test), auto" style="cursor:url(https://e.test)"/>',
    "base address": '<g xml:base="https://e.test/"><use href="#a"/></g>',
    "instruction inside": '<g/><?xml-stylesheet href="https://e.test/x.css"?>',
    "comment": "<!-- <script>a()</script> -->",
    "character data": "<text><![CDATA[<script>a()</script>]]></text>",
    "tag in an attribute": '<text class="&quot;&gt;&lt;script&gt;a()&lt;/script&gt;">x</text>',
    "old elements that load": (
        '<tref xlink:href="https://e.test"/><color-profile xlink:href="https://e.test"/>'
        '<font-face><font-face-src><font-face-uri xlink:href="https://e.test"/></font-face-src></font-face>'
    ),
    "media": '<video xmlns="http://www.w3.org/1999/xhtml" src="https://e.test"/><audio src="x"/>',
}

HIDDEN = {"character data", "tag in an attribute", "svg said to be png", "style in pieces"}
"""Attacks that are text for this search; a careless reader would make them active."""
