"""What a cleaned SVG may consist of; every element, attribute and property not named is dropped.

The names are those of SVG 1.1 and 2 that draw something still. Left out on purpose: script,
foreignObject, animation, feImage, fonts, cursor, metadata, everything that links, loads or runs.
"""

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
XLINK_NAMESPACE = "http://www.w3.org/1999/xlink"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

ELEMENTS = frozenset(
    """
    svg g a defs symbol use switch title desc style image path rect circle ellipse line polyline
    polygon text tspan textPath linearGradient radialGradient stop pattern clipPath mask marker
    filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
    feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
    feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting
    feSpotLight feTile feTurbulence
    """.split()  # noqa: SIM905 - A hundred names read better as text.
)

HREF_ELEMENTS = frozenset(
    {"use", "textPath", "linearGradient", "radialGradient", "pattern", "filter"}
)
"""Elements that may refer to another one of the same image; `a` is kept as a mere group."""

PROPERTIES = frozenset(
    """
    alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
    color-interpolation-filters direction display dominant-baseline enable-background fill
    fill-opacity fill-rule filter flood-color flood-opacity font font-family font-size
    font-size-adjust font-stretch font-style font-variant font-weight image-rendering isolation
    letter-spacing lighting-color line-height marker marker-end marker-mid marker-start mask
    mask-type mix-blend-mode opacity overflow paint-order shape-rendering stop-color stop-opacity
    stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-opacity stroke-width text-anchor text-decoration text-rendering transform transform-box
    transform-origin unicode-bidi vector-effect visibility white-space word-spacing writing-mode
    """.split()  # noqa: SIM905 - A hundred names read better as text.
)
"""CSS properties, allowed as attributes, in `style` attributes and in style sheets."""

FUNCTIONS = frozenset(
    """
    rgb rgba hsl hsla matrix rotate scale scalex scaley skew skewx skewy translate translatex
    translatey calc rect blur brightness contrast drop-shadow grayscale hue-rotate invert opacity
    saturate sepia
    """.split()  # noqa: SIM905 - A hundred names read better as text.
)
"""CSS functions that compute a value from numbers and colours."""

ATTRIBUTES = frozenset(
    """
    id class role aria-label aria-hidden version lang systemLanguage x y x1 x2 y1 y2 cx cy r rx ry
    fx fy fr width height d points dx dy rotate pathLength viewBox preserveAspectRatio offset
    gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits patternTransform
    clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight orient refX refY
    textLength lengthAdjust startOffset method spacing side filterUnits primitiveUnits in in2 result
    mode type values tableValues slope intercept amplitude exponent operator k1 k2 k3 k4 order
    kernelMatrix divisor bias targetX targetY edgeMode preserveAlpha surfaceScale diffuseConstant
    specularConstant specularExponent kernelUnitLength scale xChannelSelector yChannelSelector
    azimuth elevation z pointsAtX pointsAtY pointsAtZ limitingConeAngle stdDeviation radius
    baseFrequency numOctaves seed stitchTiles
    """.split()  # noqa: SIM905 - A hundred names read better as text.
)
"""Attributes whose text draws or names something and can neither load nor run anything."""
