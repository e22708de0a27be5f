"""Rewrites an SVG image from an allow-list.

The libraries at hand do less: svg-hush leaves `image-set()` and relative addresses and needs memory
quadratic in the depth of a file, svg-sanitize drops gradients, clip paths and style sheets.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from app.domain.files import (
    MAX_FILE_BYTES,
    CheckedImage,
    FileProblem,
    FileProblemCode,
    ImageType,
    find_size_problem,
)
from app.services.raster import check_raster, sniff_raster
from app.services.svg.css import FRAGMENT, StyleRule, clean_declarations, clean_stylesheet
from app.services.svg.css import clean_value as clean_property
from app.services.svg.names import (
    ATTRIBUTES,
    ELEMENTS,
    HREF_ELEMENTS,
    PROPERTIES,
    SVG_NAMESPACE,
    XLINK_NAMESPACE,
    XML_NAMESPACE,
)
from app.services.svg.references import count_drawn_elements
from app.services.svg.size import read_size

MAX_ELEMENTS = 20_000
MAX_DEPTH = 64
MAX_DRAWN_ELEMENTS = 100_000
MAX_EMBEDDED_IMAGES = 8
MAX_STYLE_CHARACTERS = 100_000
MAX_PROPERTY_CHARACTERS = 10_000

_EMBEDDED_IMAGE = re.compile(r"data:image/[a-z]+;base64,([A-Za-z0-9+/=\s]+)")


class _RefusedError(Exception):
    """Ends the reading of a file that cannot be stored."""

    def __init__(self, message: str, code: FileProblemCode = FileProblemCode.INVALID) -> None:
        self.problem = FileProblem(code=code, message=message)


def clean_svg(content: bytes) -> CheckedImage | FileProblem:
    """Return the image rewritten in UTF-8 from known elements and attributes, or why it is refused.

    What may run, load or link is left out: scripts, handlers, animation, foreign content, document
    type, comments, processing instructions, references to anything but an element of the same
    image or an embedded raster image that is itself whole. Refused are files with entities, files
    too large or too deep, and images without a size.
    """
    try:
        root = _Reader().read(content)
        rules = _clean_stylesheets(root)
        _require_drawable(root, rules)
        size = read_size(root.attrib)
        if size is None:
            raise _RefusedError("the image has no size: give it width and height or a viewBox")
    except _RefusedError as refused:
        return refused.problem
    width, height = size
    cleaned = tostring(root, encoding="utf-8", xml_declaration=True)
    if len(cleaned) > MAX_FILE_BYTES:
        message = f"the image is larger than {MAX_FILE_BYTES} bytes once written in UTF-8"
        return FileProblem(code=FileProblemCode.TOO_LARGE, message=message)
    return find_size_problem(width=width, height=height) or CheckedImage(
        content=cleaned, content_type=ImageType.SVG, width=width, height=height
    )


def _clean_stylesheets(root: Element) -> tuple[StyleRule, ...]:
    """Clean the text of every `style` element in place and return all their rules."""
    every: list[StyleRule] = []
    characters = 0
    for element in root.iter("style"):
        text = "".join(element.itertext())
        characters += len(text)
        if characters > MAX_STYLE_CHARACTERS:
            raise _RefusedError(f"the style sheet is longer than {MAX_STYLE_CHARACTERS} characters")
        rules = clean_stylesheet(text)
        for child in list(element):
            element.remove(child)
        element.text = "".join(map(str, rules))
        every += rules
    return tuple(every)


def _require_drawable(root: Element, rules: tuple[StyleRule, ...]) -> None:
    drawn = count_drawn_elements(root, rules, limit=MAX_DRAWN_ELEMENTS)
    if drawn is None:
        raise _RefusedError("elements of the image refer to each other in a circle")
    if drawn > MAX_DRAWN_ELEMENTS:
        raise _RefusedError("the image is too complex: its references draw too many elements")


class _Reader:
    """Builds the tree of what is kept while expat reads; names come as `namespace local`."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._elements = 0
        self._images = 0
        self._depth = 0
        self._dropped_from_depth: int | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._refuse_entity

    def read(self, content: bytes) -> Element:
        """Return the root element, whose tag and attributes are plain SVG names."""
        try:
            self._parser.Parse(content, True)
        # LookupError and ValueError are raised for an encoding that Python does not know.
        except (expat.ExpatError, LookupError, ValueError) as error:
            if self._elements == 0:
                raise _unsupported_type() from error
            raise _RefusedError(f"the image is not well-formed XML: {error}") from error
        return self._tree.close()

    def _refuse_entity(self, *_: object) -> None:
        raise _RefusedError("the image declares XML entities; export it as plain SVG")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._require_bounds(name)
        if self._dropped_from_depth is not None:
            return
        namespace, _, local = name.rpartition(" ")
        if namespace != SVG_NAMESPACE or local not in ELEMENTS:
            self._dropped_from_depth = self._depth
            return
        self._require_few_images(local)
        kept = _clean_attributes(local, attributes)
        if self._depth == 1:
            kept = {"xmlns": SVG_NAMESPACE, **kept}
        self._tree.start(local, kept)

    def _require_bounds(self, name: str) -> None:
        if self._elements == 0:
            _require_svg_root(name)
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise _RefusedError(f"the image has more than {MAX_ELEMENTS} elements")
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"elements of the image are nested more than {MAX_DEPTH} deep")

    def _require_few_images(self, element: str) -> None:
        """Refuse a further raster image before it is decoded, which takes half a second."""
        self._images += element == "image"
        if self._images > MAX_EMBEDDED_IMAGES:
            raise _RefusedError(f"the image embeds more than {MAX_EMBEDDED_IMAGES} raster images")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._dropped_from_depth is None:
            self._tree.end(name.rpartition(" ")[2])
        elif self._depth < self._dropped_from_depth:
            self._dropped_from_depth = None

    def _text(self, text: str) -> None:
        if self._dropped_from_depth is None:
            self._tree.data(text)


def _require_svg_root(name: str) -> None:
    if name == "svg":
        raise _RefusedError(f'the svg element lacks xmlns="{SVG_NAMESPACE}"')
    if name != f"{SVG_NAMESPACE} svg":
        raise _unsupported_type()


def _unsupported_type() -> _RefusedError:
    return _RefusedError(
        "the file is no PNG, JPEG, WebP or SVG image", FileProblemCode.UNSUPPORTED_TYPE
    )


def _clean_attributes(element: str, attributes: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for name, value in attributes.items():
        namespace, _, local = name.rpartition(" ")
        if local == "href" and namespace in ("", XLINK_NAMESPACE):
            cleaned = _clean_href(element, value.strip())
        elif namespace == XML_NAMESPACE and local == "space":
            local, cleaned = "xml:space", value
        elif namespace:
            continue
        else:
            cleaned = _clean_attribute(local, value)
        if cleaned is not None:
            kept[local] = cleaned
    return kept


def _clean_attribute(name: str, value: str) -> str | None:
    if (name == "style" or name in PROPERTIES) and len(value) > MAX_PROPERTY_CHARACTERS:
        return None
    if name == "style":
        return clean_declarations(value) or None
    if name in PROPERTIES:
        return clean_property(value)
    return value if name in ATTRIBUTES else None


def _clean_href(element: str, address: str) -> str | None:
    if element == "image":
        return _clean_embedded_image(address)
    return address if element in HREF_ELEMENTS and FRAGMENT.fullmatch(address) else None


def _clean_embedded_image(address: str) -> str | None:
    """Return the address of a raster image held in the address itself, typed by its bytes."""
    embedded = _EMBEDDED_IMAGE.fullmatch(address)
    if embedded is None:
        return None
    try:
        content = base64.b64decode(embedded[1])
    except binascii.Error:
        return None
    if sniff_raster(content) is None:
        return None
    image = check_raster(content)
    if isinstance(image, FileProblem):
        return None
    return f"data:{image.content_type};base64,{base64.b64encode(content).decode('ascii')}"
