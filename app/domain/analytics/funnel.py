"""The way through a flow: how many came to each step, and how long they were on it."""

from collections.abc import Iterable

from app.domain.analytics.step_counts import StepCount
from app.domain.analytics.step_times import StepTimes, percentile

MEDIAN = 50
P90 = 90


class FunnelStep(StepCount):
    """A step's counts with the median and 90th percentile of `timed_count` times, in ms."""

    timed_count: int
    median_time_ms: float | None
    p90_time_ms: float | None


def build_funnel(counts: Iterable[StepCount], times: StepTimes) -> tuple[FunnelStep, ...]:
    """Return the counts, in their order, with the times of each step."""
    return tuple(_to_funnel_step(count, times) for count in counts)


def _to_funnel_step(count: StepCount, times: StepTimes) -> FunnelStep:
    ascending = times.sorted_of(count.step.id)
    return FunnelStep(
        **dict(count),
        timed_count=len(ascending),
        median_time_ms=percentile(ascending, MEDIAN),
        p90_time_ms=percentile(ascending, P90),
    )
