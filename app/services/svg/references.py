"""How much a browser draws of an SVG image whose elements refer to each other."""

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from xml.etree.ElementTree import Element

from app.services.svg.css import FRAGMENT, Selector, StyleRule

_URL_REFERENCE = re.compile(r"url\(#([\w.:-]+)\)")


def count_drawn_elements(root: Element, rules: Sequence[StyleRule], *, limit: int) -> int | None:
    """Return how many elements are drawn when every reference is followed, at most `limit` + 1.

    None when elements refer to each other in a circle. Ten elements that each use the next ten
    times draw 10^10: the entity bomb without entities. Linear in elements and references.
    """
    uses = _collect_uses(root, rules, limit=limit)
    if uses is None:
        return limit + 1
    drawn: dict[Element, int] = {}
    try:
        for element in TopologicalSorter(uses).static_order():
            drawn[element] = min(limit + 1, 1 + sum(drawn[used] for used in uses[element]))
    except CycleError:
        return None
    return drawn[root]


def _collect_uses(
    root: Element, rules: Sequence[StyleRule], *, limit: int
) -> dict[Element, list[Element]] | None:
    """Return the elements each one draws: children and targets; None for over `limit` in all."""
    by_id: dict[str, Element] = {}
    for element in root.iter():
        by_id.setdefault(element.get("id", ""), element)
    styled = _targets_by_selector(rules)
    uses = {}
    total = 0
    for element in root.iter():
        targets = [by_id[name] for name in _targets(element, styled) if name in by_id]
        uses[element] = [*element, *targets]
        total += len(uses[element])
        if total > limit:
            return None
    return uses


def _targets_by_selector(rules: Sequence[StyleRule]) -> dict[Selector, tuple[str, ...]]:
    found: dict[Selector, dict[str, None]] = {}
    for rule in rules:
        names = dict.fromkeys(_URL_REFERENCE.findall(rule.declarations))
        for selector in rule.selectors if names else ():
            found.setdefault(selector, {}).update(names)
    return {selector: tuple(names) for selector, names in found.items()}


def _targets(element: Element, styled: Mapping[Selector, tuple[str, ...]]) -> Iterator[str]:
    """Yield the ids that an element's attributes and the rules matching it refer to."""
    for name, value in element.attrib.items():
        if name == "href" and (fragment := FRAGMENT.fullmatch(value)):
            yield fragment[1]
        else:
            yield from _URL_REFERENCE.findall(value)
    yield from styled.get(Selector("", element.tag), ())
    yield from styled.get(Selector("#", element.get("id", "")), ())
    for class_name in set(element.get("class", "").split()):
        yield from styled.get(Selector(".", class_name), ())
