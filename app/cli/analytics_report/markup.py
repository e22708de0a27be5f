"""HTML elements whose text and attributes are always escaped."""

import re
from xml.etree.ElementTree import Element, tostring

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def element(
    tag: str, attributes: dict[str, str] | None = None, /, *children: Element | str
) -> Element:
    """Return an element with these children in order."""
    made = Element(tag, {name: _printable(text) for name, text in (attributes or {}).items()})
    last: Element | None = None
    for child in children:
        if isinstance(child, Element):
            made.append(child)
            last = child
        elif last is None:
            made.text = (made.text or "") + _printable(child)
        else:
            last.tail = (last.tail or "") + _printable(child)
    return made


def to_html(root: Element) -> str:
    """Return the document of a root element."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
