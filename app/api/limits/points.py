"""How many points each caller has left: a token bucket for each, in the memory of this process."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from cachetools import LRUCache

from app.api.limits.bounds import MAX_COST

MAX_CALLERS = 20_000
"""Beyond, whoever was not seen for longest is forgotten, and would start with a full bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a caller has, in points; `missing_seconds` is how soon a refused price is there."""

    maximum: int
    available: int
    restored_per_second: int
    missing_seconds: float = 0.0

    @property
    def is_enough(self) -> bool:
        """Whether the price was paid."""
        return self.missing_seconds == 0


@dataclass(slots=True)
class _Bucket:
    points: float
    at_seconds: float


class PointsTable:
    """A bucket for each caller that fills by `points_per_minute`, up to what a minute brings.

    A bucket holds the dearest operation at least, so that whatever is allowed can be afforded. With
    0 points a minute nothing is counted: every bucket is always full.
    """

    def __init__(self, points_per_minute: int) -> None:
        self.maximum = max(points_per_minute, MAX_COST)
        self._per_second = points_per_minute / 60
        self._buckets: LRUCache[Hashable, _Bucket] = LRUCache(MAX_CALLERS)

    def take(self, caller: Hashable, price: int, *, at_seconds: float) -> Balance:
        """Take `price` from a caller's bucket at a moment of a monotonic clock, if it is there.

        A price of 0 only looks.
        """
        if not self._per_second:
            return Balance(
                maximum=self.maximum, available=self.maximum, restored_per_second=self.maximum
            )
        bucket = self._fill(caller, at_seconds)
        missing = max(0.0, price - bucket.points)
        if not missing:
            bucket.points -= price
        return Balance(
            maximum=self.maximum,
            available=math.floor(bucket.points),
            restored_per_second=math.floor(self._per_second),
            missing_seconds=missing / self._per_second,
        )

    def _fill(self, caller: Hashable, at_seconds: float) -> _Bucket:
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(self.maximum, at_seconds)
        gained = max(0.0, at_seconds - bucket.at_seconds) * self._per_second
        bucket.points = min(self.maximum, bucket.points + gained)
        bucket.at_seconds = at_seconds
        return bucket


@dataclass(frozen=True, slots=True)
class Account:
    """One caller's bucket."""

    table: PointsTable
    caller: Hashable
    clock: Callable[[], float] = time.monotonic

    def take(self, price: int) -> Balance:
        """Take `price` if it is there; see `PointsTable.take`."""
        return self.table.take(self.caller, price, at_seconds=self.clock())


UNLIMITED = Account(PointsTable(0), caller=None)
"""For callers nobody counts, as within the process."""
