"""Parts of the page: cards and tables."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element

from app.cli.analytics_report.markup import element

Cells: TypeAlias = Sequence[Element | str]
"""A row of a table."""


def card(title: str, note: str, *children: Element) -> Element:
    """Return a part of the page under a title, with a note unless it is empty."""
    notes = [element("p", {"class": "note"}, note)] if note else []
    return element("section", {"class": "card"}, element("h2", {}, title), *notes, *children)


def named(name: str, plot: Element) -> Element:
    """Return a name with a bar that goes with it."""
    return element("div", {"class": "named"}, element("span", {}, name), plot)


def table(caption: str, names: Sequence[str], rows: Iterable[Cells]) -> Element:
    """Return a table whose first column is text, perhaps with bars, and the others numbers."""
    head = (_head_cell(name, is_text=not position) for position, name in enumerate(names))
    body = (element("tr", {}, *_body_cells(row)) for row in rows)
    return element(
        "div",
        {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption},
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
