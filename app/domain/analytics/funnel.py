"""The way through a flow: how many came to each step, and how long they were on it."""

from collections.abc import Iterable, Mapping

from app.domain.analytics.percentiles import TimeSummary
from app.domain.analytics.step_counts import StepCount
from app.domain.values import EntityId


class FunnelStep(StepCount):
    """A step's counts with the median and 90th percentile of `timed_count` times, in ms."""

    timed_count: int
    median_time_ms: float | None
    p90_time_ms: float | None


def build_funnel(
    counts: Iterable[StepCount], times: Mapping[EntityId, TimeSummary]
) -> tuple[FunnelStep, ...]:
    """Return the counts, in their order, with the times of each step."""
    return tuple(_to_funnel_step(count, times) for count in counts)


def _to_funnel_step(count: StepCount, times: Mapping[EntityId, TimeSummary]) -> FunnelStep:
    summary = times.get(count.step.id, TimeSummary())
    return FunnelStep(
        **dict(count),
        timed_count=summary.number,
        median_time_ms=summary.median_ms,
        p90_time_ms=summary.p90_ms,
    )
