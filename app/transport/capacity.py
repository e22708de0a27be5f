"""Refusing what the process cannot take on now, at once instead of late."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter

from app.api.errors import ErrorCode, RequestError

RETRY_AFTER_MS = 1_000
CAPACITY_REFUSALS = Counter(
    "scheduler_capacity_refusals", "Operations and connections refused because no place was free."
)


class Capacity:
    """How many operations may run at the same time.

    A request takes a place when its operation is read, so slow senders hold none.
    """

    def __init__(self, places: int) -> None:
        self._free = places

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; raises RequestError UNAVAILABLE when none is free."""
        if self._free <= 0:
            CAPACITY_REFUSALS.inc()
            raise RequestError(
                ErrorCode.UNAVAILABLE,
                "The server is busy; try again in a moment.",
                retryAfterMs=RETRY_AFTER_MS,
            )
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
