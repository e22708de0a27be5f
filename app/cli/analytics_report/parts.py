"""Parts of the page: cards and tables."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element

from app.cli.analytics_report.markup import element

Cells: TypeAlias = Sequence[Element | str]
"""A row of a table."""

SHOWN_KEYS = 12
"""Rows of a table of keys; the rest are shown when they are asked for."""


def card(title: str, note: str, *children: Element, anchor: str | None = None) -> Element:
    """Return a part of the page under a title, with a note unless it is empty."""
    notes = [element("p", {"class": "note"}, note)] if note else []
    attributes = {"class": "card", **({} if anchor is None else {"id": anchor})}
    return element("section", attributes, element("h2", {}, title), *notes, *children)


def named(name: str, plot: Element) -> Element:
    """Return a name with a bar that goes with it."""
    return element("div", {"class": "named"}, element("span", {}, name), plot)


def details(summary: str, *children: Element) -> Element:
    """Return what is shown only when it is asked for."""
    return element("details", {}, element("summary", {}, summary), *children)


def scrolling(name: str, child: Element) -> Element:
    """Return what may be wider than the page, to be scrolled by hand and by keys."""
    attributes = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": name}
    return element("div", attributes, child)


def table(caption: str, names: Sequence[str], rows: Iterable[Cells]) -> Element:
    """Return a table whose first column is text, perhaps with bars, and the others numbers."""
    head = (_head_cell(name, is_text=not position) for position, name in enumerate(names))
    body = (element("tr", {}, *_body_cells(row)) for row in rows)
    return scrolling(
        caption,
        element(
            "table",
            {},
            element("caption", {}, caption),
            element("thead", {}, element("tr", {}, *head)),
            element("tbody", {}, *body),
        ),
    )


def _head_cell(name: str, *, is_text: bool) -> Element:
    return element("th", {"scope": "col", **({"class": "text"} if is_text else {})}, name)


def _body_cells(row: Cells) -> Iterable[Element]:
    first, *numbers = row
    classes = "text" if isinstance(first, str) else "text with-bar"
    yield element("th", {"scope": "row", "class": classes}, first)
    yield from (element("td", {}, number) for number in numbers)
