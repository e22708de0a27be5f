"""The times of one band, ready to be searched and small enough to be read alone."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from app.domain.analytics.bands import band_of, band_range

_LARGEST_SHORT = 2**32


class BandTimes(NamedTuple):
    """The different times, ascending, and of each how many times are no longer than it.

    There is one entry for each different time. So a band has no more of them than milliseconds.
    """

    values: Sequence[int]
    totals: Sequence[int]

    def count_up_to(self, value: int) -> int:
        """Return how many times are `value` or shorter."""
        place = bisect_right(self.values, value)
        return self.totals[place - 1] if place else 0

    def all(self) -> Iterator[int]:
        """Yield every time, as often as it occurs."""
        before = 0
        for value, total in zip(self.values, self.totals, strict=True):
            for _ in range(total - before):
                yield value
            before = total

    def encode(self) -> bytes:
        """Return the values and then the totals, little-endian, four bytes each.

        Eight bytes in bands of times beyond 49 days.
        """
        stored = array(_code(band_of(self.values[-1])), [*self.values, *self.totals])
        return _as_little_endian(stored).tobytes()

    @classmethod
    def decode(cls, encoded: bytes, band: int) -> BandTimes:
        """Return the times of a band as they were encoded; each is made when it is asked for."""
        stored = array(_code(band))
        stored.frombytes(encoded)
        numbers = _as_little_endian(stored)
        middle = len(numbers) // 2
        return cls(numbers[:middle], numbers[middle:])


def split_into_bands(ascending: Sequence[int]) -> Iterator[tuple[int, BandTimes]]:
    """Yield the bands of times given in order, the shortest first."""
    start = 0
    while start < len(ascending):
        band = band_of(ascending[start])
        end = bisect_left(ascending, band_range(band).stop, start)
        lengths = [(value, len(list(same))) for value, same in groupby(ascending[start:end])]
        totals = accumulate(length for _, length in lengths)
        yield band, BandTimes(tuple(value for value, _ in lengths), tuple(totals))
        start = end


def _code(band: int) -> str:
    return "I" if band_range(band).stop <= _LARGEST_SHORT else "Q"


def _as_little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers
