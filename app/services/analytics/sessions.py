"""Reports on whole sessions: how far they have come, and how they ended."""

from datetime import tzinfo

from app.documents.session_reports import (
    stream_key_counts,
    stream_progression,
    stream_quarter_counts,
)
from app.domain.analytics.breakdown import (
    BreakdownDimension,
    BreakdownRow,
    break_down,
    break_down_days,
)
from app.domain.analytics.progression import ProgressionRow, sort_progression
from app.domain.analytics.scope import ReportScope


async def load_progression(scope: ReportScope) -> tuple[ProgressionRow, ...]:
    """Return how many sessions have come how far; one command."""
    return sort_progression([row async for row in stream_progression(scope)])


async def load_breakdown(
    scope: ReportScope, dimension: BreakdownDimension, *, zone: tzinfo
) -> tuple[BreakdownRow, ...]:
    """Return how the sessions of each key ended; days are those of `zone`; one command."""
    if dimension is BreakdownDimension.DAY:
        quarters = [count async for count in stream_quarter_counts(scope)]
        return break_down_days(quarters, zone)
    return break_down([count async for count in stream_key_counts(scope, dimension)])
