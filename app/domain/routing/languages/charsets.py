"""Sets of characters as sorted, disjoint, non-adjacent ranges of code points."""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from app.domain.routing.folding import fold_character

CharSet = tuple[tuple[int, int], ...]

ANY: Final[CharSet] = ((0, sys.maxunicode),)
NOTHING: Final[CharSet] = ()


def make_set(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """Return the set of the code points in any of `ranges`, both ends included."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def of_text(text: str) -> CharSet:
    """Return the set of the characters of `text`."""
    return make_set((ord(character), ord(character)) for character in text)


def negate(chars: CharSet) -> CharSet:
    """Return every code point outside the set."""
    gaps: list[tuple[int, int]] = []
    begin = 0
    for low, high in chars:
        if begin < low:
            gaps.append((begin, low - 1))
        begin = high + 1
    if begin <= sys.maxunicode:
        gaps.append((begin, sys.maxunicode))
    return tuple(gaps)


def contains(chars: CharSet, point: int) -> bool:
    """Tell whether the code point is in the set."""
    position = bisect_right(chars, (point, sys.maxunicode)) - 1
    return position >= 0 and point <= chars[position][1]


@lru_cache(maxsize=4_096)
def close_over_case(chars: CharSet) -> CharSet:
    """Return the set with every character that differs from one of it by case only."""
    ranges = list(chars)
    for folded, members in _cases().items():
        if any(contains(chars, point) for point in (folded, *members)):
            ranges += [(point, point) for point in (folded, *members)]
    return make_set(ranges)


@lru_cache(maxsize=4_096)
def keep_folded(chars: CharSet) -> CharSet:
    """Return the characters whose folded form is in the set.

    A test of folded text is thereby told of text as it stands in the URL.
    """
    ranges = list(chars)
    dropped: list[tuple[int, int]] = []
    for folded, members in _cases().items():
        points = [(point, point) for point in members]
        if contains(chars, folded):
            ranges += points
        else:
            dropped += points
    kept = make_set(ranges)
    return negate(make_set((*negate(kept), *dropped))) if dropped else kept


@cache
def _cases() -> dict[int, tuple[int, ...]]:
    """Map each folded character to the others that fold to it."""
    others: dict[int, list[int]] = defaultdict(list)
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        if character.casefold() == character == character.lower():
            continue
        folded = fold_character(character)
        if folded != character:
            others[ord(folded)].append(point)
    return {folded: tuple(points) for folded, points in others.items()}
