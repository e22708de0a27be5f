"""The times of one band, ready to be searched and small enough to be read alone."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from app.domain.analytics.bands import band_of, band_range

_ONCE_EACH, _SOME_AGAIN = b"\0", b"\1"
_TOTAL = "I"


class BandTimes(NamedTuple):
    """The different times, ascending, and of each how many times are no longer than it.

    Times are milliseconds more than `start`, the shortest time of the band. There is one entry for
    each different one. So a band has no more of them than milliseconds.
    """

    start: int
    values: Sequence[int]
    totals: Sequence[int]

    def count_up_to(self, value: int) -> int:
        """Return how many times are `value` or shorter."""
        place = bisect_right(self.values, value - self.start)
        return self.totals[place - 1] if place else 0

    def all(self) -> Iterator[int]:
        """Yield every time, as often as it occurs."""
        before = 0
        for value, total in zip(self.values, self.totals, strict=True):
            for _ in range(total - before):
                yield self.start + value
            before = total

    def encode(self) -> bytes:
        """Return the values and, if one occurs again, the totals, little-endian.

        A value takes two bytes, or four or eight in bands of more than a minute: those of times
        beyond 17 minutes. A total takes four.
        """
        values = _to_bytes(_value_code(band_of(self.start)), self.values)
        if self.totals[-1] == len(self.values):
            return _ONCE_EACH + values
        return _SOME_AGAIN + values + _to_bytes(_TOTAL, self.totals)

    @classmethod
    def decode(cls, encoded: bytes, band: int) -> BandTimes:
        """Return the times of a band as they were encoded; each is made when it is asked for."""
        code, start, content = _value_code(band), band_range(band).start, encoded[1:]
        if encoded[:1] == _ONCE_EACH:
            values = _from_bytes(code, content)
            return cls(start, values, range(1, len(values) + 1))
        value_bytes, total_bytes = array(code).itemsize, array(_TOTAL).itemsize
        middle = len(content) // (value_bytes + total_bytes) * value_bytes
        return cls(
            start, _from_bytes(code, content[:middle]), _from_bytes(_TOTAL, content[middle:])
        )


def split_into_bands(ascending: Sequence[int]) -> Iterator[tuple[int, BandTimes]]:
    """Yield the bands of times given in order, the shortest first."""
    begin = 0
    while begin < len(ascending):
        band = band_of(ascending[begin])
        around = band_range(band)
        end = bisect_left(ascending, around.stop, begin)
        numbers = Counter(ascending[begin:end])
        values = tuple(value - around.start for value in numbers)
        yield band, BandTimes(around.start, values, tuple(accumulate(numbers.values())))
        begin = end


def _value_code(band: int) -> str:
    width = len(band_range(band))
    if width <= 2**16:
        return "H"
    return "I" if width <= 2**32 else "Q"


def _to_bytes(code: str, numbers: Sequence[int]) -> bytes:
    return _as_little_endian(array(code, numbers)).tobytes()


def _from_bytes(code: str, encoded: bytes) -> array[int]:
    numbers = array(code)
    numbers.frombytes(encoded)
    return _as_little_endian(numbers)


def _as_little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
