"""Reports on whole sessions: how far they have come, and how they ended."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo

from app.documents.session_reports import (
    stream_key_counts,
    stream_progression,
    stream_quarter_counts,
    stream_totals,
)
from app.domain.analytics.breakdown import (
    BreakdownDimension,
    BreakdownRow,
    KeyCount,
    QuarterCounts,
    break_down,
    break_down_days,
)
from app.domain.analytics.overview import Overview, TotalCount, sum_up
from app.domain.analytics.progression import ProgressionRow, add_up_progression
from app.domain.analytics.scope import BOT_DEVICE_TYPES, ReportScope
from app.domain.analytics.session_facts import quarter_start
from app.domain.analytics.tally import CountSection, TimeSection
from app.domain.booking_session.context import DeviceType
from app.domain.booking_session.state import BookingSessionStatus
from app.services.analytics.sources import OpenSource, ReportSource, open_source

CELL_FIELDS = {
    BreakdownDimension.UTM_SOURCE: "utm_source",
    BreakdownDimension.UTM_MEDIUM: "utm_medium",
    BreakdownDimension.UTM_CAMPAIGN: "utm_campaign",
    BreakdownDimension.ROUTING_RULE: "routing_rule_id",
    BreakdownDimension.DEVICE: "device_type",
}
"""The dimensions that are the same for all sessions of a cell, and its field."""


async def load_progression(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> tuple[ProgressionRow, ...]:
    """Return how many sessions have come how far."""
    source = await open_with(scope, CountSection.PROGRESS, now=now)
    rows = [
        ProgressionRow(status=status, steps_completed=completed, total_steps=total, count=sessions)
        for _, (status, completed, total), sessions in source.counted(CountSection.PROGRESS)
    ]
    for part in source.direct:
        rows += [row async for row in stream_progression(part)]
    return add_up_progression(rows)


async def load_breakdown(
    scope: ReportScope,
    dimension: BreakdownDimension,
    *,
    zone: tzinfo,
    now: datetime,
    open_with: OpenSource = open_source,
) -> tuple[BreakdownRow, ...]:
    """Return how the sessions of each key ended; days are those of `zone`."""
    if dimension is BreakdownDimension.DAY:
        source = await open_with(scope, TimeSection.QUARTERS, now=now)
        return break_down_days([count async for count in _quarters(source)], zone)
    by_service = dimension is BreakdownDimension.SERVICE
    section = CountSection.SERVICES if by_service else CountSection.TOTALS
    source = await open_with(scope, section, now=now, apart_by=CELL_FIELDS.get(dimension))
    return break_down([count async for count in _keys(source, dimension)])


async def _quarters(source: ReportSource) -> AsyncIterator[QuarterCounts]:
    for row in source.timed(TimeSection.QUARTERS):
        status = BookingSessionStatus(row.key[0])
        yield QuarterCounts(quarter_start(row.first), status, row.numbers)
    for part in source.direct:
        async for count in stream_quarter_counts(part):
            yield count


async def _keys(source: ReportSource, dimension: BreakdownDimension) -> AsyncIterator[KeyCount]:
    if dimension is BreakdownDimension.SERVICE:
        for _, (service_id, status), sessions in source.counted(CountSection.SERVICES):
            yield KeyCount(service_id, BookingSessionStatus(status), sessions)
    else:
        for cell, (status, _is_resumed), sessions in source.counted(CountSection.TOTALS):
            key = getattr(cell, CELL_FIELDS[dimension])
            yield KeyCount(key, BookingSessionStatus(status), sessions)
    for part in source.direct:
        async for count in stream_key_counts(part, dimension):
            yield count


async def load_overview(
    scope: ReportScope, *, now: datetime, open_with: OpenSource = open_source
) -> Overview:
    """Return the numbers of a range at a glance."""
    source = await open_with(scope, CountSection.TOTALS, now=now)
    bots = _bots_of(scope)
    bot_count = 0
    if bots is not None:
        bot_source = await open_with(bots, CountSection.TOTALS, now=now)
        bot_count = sum([total.sessions async for total in _totals(bot_source)])
    return sum_up([total async for total in _totals(source)], bot_count=bot_count)


async def _totals(source: ReportSource) -> AsyncIterator[TotalCount]:
    for _, (status, is_resumed), sessions in source.counted(CountSection.TOTALS):
        yield TotalCount(BookingSessionStatus(status), is_resumed, sessions)
    for part in source.direct:
        async for total in stream_totals(part):
            yield total


def _bots_of(scope: ReportScope) -> ReportScope | None:
    """Return the bots among the sessions of a report, left out or not; None when there are none."""
    if scope.device_type not in (None, *BOT_DEVICE_TYPES):
        return None
    return scope.model_copy(update={"device_type": DeviceType.BOT})
