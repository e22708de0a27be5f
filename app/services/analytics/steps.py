"""Reports on steps: who gave up where, and how long customers take."""

from app.documents.session_reports import (
    stream_revision_outlines,
    stream_session_groups,
    stream_step_moments,
)
from app.domain.analytics.funnel import FunnelStep, build_funnel
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.step_counts import StepCount, count_steps
from app.domain.analytics.step_times import StepTimes


async def load_step_counts(scope: ReportScope) -> tuple[StepCount, ...]:
    """Return what became of the sessions on each step, in flow order; two commands."""
    # Sessions first: the revision of one that starts in between would be missing.
    groups = [group async for group in stream_session_groups(scope)]
    revisions = [revision async for revision in stream_revision_outlines(scope)]
    return count_steps(groups, revisions)


async def load_funnel(scope: ReportScope) -> tuple[FunnelStep, ...]:
    """Return the same with the times spent on each step; three commands."""
    counts = await load_step_counts(scope)
    times = StepTimes()
    async for moment in stream_step_moments(scope):
        times.follow(moment)
    return build_funnel(counts, times)
