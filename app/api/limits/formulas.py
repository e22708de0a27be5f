"""What a selection costs, as a formula in the variables that set the sizes of its lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CEILING = 10**9
"""Costs above it are not told apart, so that nested lists do not make endless numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSize:
    """How many items a list will have: the largest that the request names, within `maximum`.

    `sources` holds literal numbers and names of variables. A variable counts by its value when it
    is an integer and by its length when it is a list; `default` is for when nothing is named.
    """

    sources: tuple[int | str, ...]
    default: int
    maximum: int

    def evaluate(self, variables: Mapping[str, Any]) -> int:
        """Return the number of items for the variables of a request, whatever they hold."""
        named = [
            source if isinstance(source, int) else _size_of(variables.get(source))
            for source in self.sources
        ]
        largest = max((size for size in named if size is not None), default=self.default)
        return max(0, min(largest, self.maximum))


def _size_of(value: Any) -> int | None:
    match value:
        case int():
            return value
        case list():
            return len(value)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Formula:
    """`constant` plus, for each term, its size times its formula."""

    constant: int = 0
    terms: tuple[tuple[int | ListSize, "Formula"], ...] = ()

    def evaluate(self, variables: Mapping[str, Any]) -> int:
        """Return the points, at most `CEILING`; linear in the formula however often parts recur."""
        return self._evaluate(variables, {})

    def _evaluate(self, variables: Mapping[str, Any], known: dict[int, int]) -> int:
        if not self.terms:
            return self.constant
        if id(self) in known:
            return known[id(self)]
        points = self.constant
        for size, formula in self.terms:
            count = size if isinstance(size, int) else size.evaluate(variables)
            points += count * formula._evaluate(variables, known)
        known[id(self)] = min(points, CEILING)
        return known[id(self)]


def total(formulas: Sequence[Formula]) -> Formula:
    """Return the sum of formulas."""
    constant = sum(formula.constant for formula in formulas)
    terms = tuple(term for formula in formulas for term in formula.terms)
    return Formula(min(constant, CEILING), terms)


def times(size: int | ListSize, formula: Formula) -> Formula:
    """Return `size` times a formula; the formula is referred to, never copied."""
    if isinstance(size, ListSize) and not any(isinstance(each, str) for each in size.sources):
        size = size.evaluate({})
    if isinstance(size, int) and not formula.terms:
        return Formula(min(size * formula.constant, CEILING))
    return Formula(0, ((size, formula),))
