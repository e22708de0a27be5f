"""Whether the memory of processes that live through everything stays level."""

import asyncio
import statistics
import time
from dataclasses import dataclass, field

from scripts.soaking.processes import Fleet, resident_bytes

MEBIBYTE = 1_048_576
SECONDS_BETWEEN_SAMPLES = 1.0
WARM_UP = 0.5
"""The part of a run in which caches fill and pools grow."""

SHORTEST_SECONDS = 240.0
"""What is left of a shorter run after warming up says nothing."""

MAX_GROWTH = 0.1
"""Of the memory after warming up, over the rest of the run."""


@dataclass(frozen=True)
class Trend:
    """Memory after warming up and at the end of a straight line through the samples, in MiB."""

    name: str
    before_mib: float
    after_mib: float

    @property
    def growth(self) -> float:
        """By which part the memory grew."""
        return self.after_mib / self.before_mib - 1


@dataclass
class MemoryWatch:
    """Samples of the first server and the first worker, which nobody kills, and the database."""

    fleet: Fleet
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    async def keep_looking(self) -> None:
        """Take samples until cancelled."""
        watched = (self.fleet.servers[0], self.fleet.workers[0])
        while True:
            for process in watched:
                if (size := resident_bytes(process.pid)) is not None:
                    sample = (time.monotonic(), size / MEBIBYTE)
                    self.samples.setdefault(process.name, []).append(sample)
            await asyncio.sleep(SECONDS_BETWEEN_SAMPLES)

    def trends(self) -> tuple[Trend, ...]:
        """Return how the memory of each went after warming up."""
        return tuple(trend_of(name, samples) for name, samples in self.samples.items())


def trend_of(name: str, samples: list[tuple[float, float]]) -> Trend:
    """Return the trend of samples (seconds, MiB), the oldest first."""
    begin, end = samples[0][0], samples[-1][0]
    warm = [each for each in samples if each[0] >= begin + (end - begin) * WARM_UP]
    if len(warm) < 2:
        return Trend(name, samples[0][1], samples[-1][1])
    line = statistics.linear_regression(*zip(*warm, strict=True))
    first, last = (line.slope * moment + line.intercept for moment in (warm[0][0], warm[-1][0]))
    return Trend(name, first, last)
