"""What the stand-in counts."""

from collections import Counter, defaultdict, deque
from typing import Any

from app.transport.vendor_stand_in.knobs import Route

WINDOW_SECONDS = 1.0


class _Window:
    """Counts events within the last second."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()

    def add(self, at: float) -> None:
        self._moments.append(at)

    def count(self, at: float) -> int:
        while self._moments and self._moments[0] <= at - WINDOW_SECONDS:
            self._moments.popleft()
        return len(self._moments)


class Statistics:
    """Counts of calls; the moments are those of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._calls: Counter[Route] = Counter()
        self._arrived = _Window()
        self._admitted: defaultdict[str, _Window] = defaultdict(_Window)
        self._peak = 0
        self._rate_limited = 0

    def count(self, route: Route, *, at: float) -> None:
        """Count a call that came in."""
        self._calls[route] += 1
        if route is not Route.TOKEN:
            self._arrived.add(at)
            self._peak = max(self._peak, self._arrived.count(at))

    def admit(self, caller: str, *, at: float, limit: int | None) -> bool:
        """Tell whether a caller stays within its limit of a second; refused calls use up none."""
        admitted = self._admitted[caller]
        if limit is not None and admitted.count(at) >= limit:
            self._rate_limited += 1
            return False
        admitted.add(at)
        return True

    def as_json(self) -> dict[str, Any]:
        """Return all counts."""
        return {
            "calls": {route.value: self._calls[route] for route in Route},
            "rate_limited": self._rate_limited,
            "peak_calls_per_second": self._peak,
        }
