"""What can be exported: for each kind its columns, and how its rows are had."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from app.api.analytics.choice_types import (
    EdgeStatistics,
    LostDemandRow,
    NodeStatistics,
    VendorOutcomeReport,
)
from app.api.analytics.overview_types import FieldStatisticsRow, Overview
from app.api.analytics.report_types import (
    BreakdownReport,
    BreakdownRow,
    FunnelRow,
    ProgressionRow,
    StepAbandonmentRow,
)
from app.api.exports.report_columns import column_names, column_values
from app.api.exports.session_columns import EVENT_COLUMNS, SESSION_COLUMNS, Column
from app.documents.session_exports import Record, stream_event_pages, stream_session_pages
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.exports import AnalyticsExportKind, ExportRequest
from app.domain.analytics.scope import previous_range
from app.services.analytics.choices import (
    load_answer_statistics,
    load_lost_demand,
    load_vendor_outcome,
)
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression
from app.services.analytics.steps import load_field_statistics, load_funnel, load_step_counts

Rows: TypeAlias = Sequence[Sequence[Any]]
ROWS_PER_PAGE = 500


@dataclass(frozen=True, slots=True)
class ExportTable:
    """The names of the columns, and the rows in pages small enough to be held in memory."""

    columns: tuple[str, ...]
    stream: Callable[[ExportRequest, datetime], AsyncGenerator[Rows, None]]


async def _step_abandonment(request: ExportRequest, now: datetime) -> Iterable[Any]:
    return map(StepAbandonmentRow.from_domain, await load_step_counts(request.scope, now=now))


async def _progression(request: ExportRequest, now: datetime) -> Iterable[Any]:
    return map(ProgressionRow.from_domain, await load_progression(request.scope, now=now))


async def _funnel(request: ExportRequest, now: datetime) -> Iterable[Any]:
    return map(FunnelRow.from_domain, await load_funnel(request.scope, now=now))


async def _breakdown(request: ExportRequest, now: datetime) -> Iterable[Any]:
    dimension = request.group_by or BreakdownDimension.DAY
    zone = ZoneInfo(request.time_zone)
    rows = await load_breakdown(request.scope, dimension, zone=zone, now=now)
    return BreakdownReport.from_domain(rows, dimension=dimension, as_of=now).rows


async def _overview(request: ExportRequest, now: datetime) -> Iterable[Any]:
    scope = request.scope
    earlier = scope.within(*previous_range(scope.created_from, scope.created_to))
    return [
        Overview.from_domain(await load_overview(each, now=now), scope=each)
        for each in (scope, earlier)
    ]


async def _nodes(request: ExportRequest, now: datetime) -> Iterable[Any]:
    graph = await load_answer_statistics(request.scope, now=now)
    return [] if graph is None else map(NodeStatistics.from_domain, graph.answers.nodes)


async def _edges(request: ExportRequest, now: datetime) -> Iterable[Any]:
    graph = await load_answer_statistics(request.scope, now=now)
    return [] if graph is None else map(EdgeStatistics.from_domain, graph.answers.edges)


async def _fields(request: ExportRequest, now: datetime) -> Iterable[Any]:
    return map(FieldStatisticsRow.from_domain, await load_field_statistics(request.scope, now=now))


async def _lost_demand(request: ExportRequest, now: datetime) -> Iterable[Any]:
    demand = await load_lost_demand(request.scope, now=now)
    return [LostDemandRow(**dict(row)) for row in demand.rows]


async def _vendor_outcome(request: ExportRequest, now: datetime) -> Iterable[Any]:
    outcome = await load_vendor_outcome(request.scope, now=now)
    return [VendorOutcomeReport.from_domain(outcome, as_of=now)]


def _report(
    row_type: type[Any], load: Callable[[ExportRequest, datetime], Awaitable[Iterable[Any]]]
) -> ExportTable:
    async def stream(request: ExportRequest, now: datetime) -> AsyncGenerator[Rows, None]:
        rows = [column_values(row) for row in await load(request, now)]
        for start in range(0, len(rows), ROWS_PER_PAGE):
            yield rows[start : start + ROWS_PER_PAGE]

    return ExportTable(column_names(row_type), stream)


def _records(
    columns: Sequence[Column], stream_pages: Callable[..., AsyncIterator[list[Record]]]
) -> ExportTable:
    fields = tuple(column.path for column in columns if column.path != "_id")

    async def stream(request: ExportRequest, now: datetime) -> AsyncGenerator[Rows, None]:
        async for page in stream_pages(request.scope, fields=fields, now=now):
            yield [[column.read(record) for column in columns] for record in page]

    return ExportTable(tuple(column.name for column in columns), stream)


EXPORT_TABLES: dict[AnalyticsExportKind, ExportTable] = {
    AnalyticsExportKind.SESSIONS: _records(SESSION_COLUMNS, stream_session_pages),
    AnalyticsExportKind.EVENTS: _records(EVENT_COLUMNS, stream_event_pages),
    AnalyticsExportKind.STEP_ABANDONMENT: _report(StepAbandonmentRow, _step_abandonment),
    AnalyticsExportKind.PROGRESSION: _report(ProgressionRow, _progression),
    AnalyticsExportKind.FUNNEL: _report(FunnelRow, _funnel),
    AnalyticsExportKind.BREAKDOWN: _report(BreakdownRow, _breakdown),
    AnalyticsExportKind.OVERVIEW: _report(Overview, _overview),
    AnalyticsExportKind.NODE_STATISTICS: _report(NodeStatistics, _nodes),
    AnalyticsExportKind.EDGE_STATISTICS: _report(EdgeStatistics, _edges),
    AnalyticsExportKind.FIELD_STATISTICS: _report(FieldStatisticsRow, _fields),
    AnalyticsExportKind.LOST_DEMAND: _report(LostDemandRow, _lost_demand),
    AnalyticsExportKind.VENDOR_OUTCOME: _report(VendorOutcomeReport, _vendor_outcome),
}
