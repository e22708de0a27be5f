"""What can be exported: for each kind its columns, and how its rows are had."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from inspect import isawaitable
from operator import attrgetter
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from app.api.analytics.choice_types import (
    AnswerStatisticsReport,
    EdgeStatistics,
    LostDemandReport,
    LostDemandRow,
    NodeStatistics,
    VendorOutcomeReport,
)
from app.api.analytics.reports import AnalyticsReport, ReportRequest
from app.api.analytics.session_types import (
    BreakdownReport,
    BreakdownRow,
    Overview,
    OverviewReport,
    ProgressionReport,
    ProgressionRow,
)
from app.api.analytics.step_types import (
    FieldStatisticsReport,
    FieldStatisticsRow,
    FunnelReport,
    FunnelRow,
    StepAbandonmentReport,
    StepAbandonmentRow,
)
from app.api.exports.report_columns import column_names, column_values
from app.api.exports.session_columns import EVENT_COLUMNS, SESSION_COLUMNS, Column
from app.api.scalars import serialize_datetime
from app.documents.session_exports import Record, stream_event_pages, stream_session_pages
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.exports import AnalyticsExportKind, ExportRequest

Rows: TypeAlias = Sequence[Sequence[Any]]
ROWS_PER_PAGE = 500
AS_OF = "asOf"
"""The column that every row of a report ends with, unless the row has it anyway."""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """The names of the columns, and the rows in pages small enough to be held in memory."""

    columns: tuple[str, ...]
    stream: Callable[[ExportRequest, datetime], AsyncGenerator[Rows, None]]


def _report(
    report_type: type[AnalyticsReport],
    row_type: type[Any],
    list_rows: Callable[[Any], Iterable[Any] | Awaitable[Iterable[Any]]] = attrgetter("rows"),
) -> ExportTable:
    """Return the table of a report's rows; there are none when there is no report."""
    own = column_names(row_type)
    columns = own if AS_OF in own else (*own, AS_OF)

    async def stream(request: ExportRequest, now: datetime) -> AsyncGenerator[Rows, None]:
        report = await report_type.load(_to_report_request(request, now))
        listed = () if report is None else list_rows(report)
        added = (serialize_datetime(now),) if columns != own else ()
        rows = [
            (*column_values(row), *added)
            for row in (await listed if isawaitable(listed) else listed)
        ]
        for start in range(0, len(rows), ROWS_PER_PAGE):
            yield rows[start : start + ROWS_PER_PAGE]

    return ExportTable(columns, stream)


def _to_report_request(request: ExportRequest, now: datetime) -> ReportRequest:
    return ReportRequest(
        scope=request.scope,
        now=now,
        compared_with=request.scope.just_before(),
        group_by=request.group_by or BreakdownDimension.DAY,
        zone=ZoneInfo(request.time_zone),
    )


async def _both_ranges(report: OverviewReport) -> Iterable[Overview]:
    return report.current, await report.previous()


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
    AnalyticsExportKind.STEP_ABANDONMENT: _report(StepAbandonmentReport, StepAbandonmentRow),
    AnalyticsExportKind.PROGRESSION: _report(ProgressionReport, ProgressionRow),
    AnalyticsExportKind.FUNNEL: _report(FunnelReport, FunnelRow),
    AnalyticsExportKind.BREAKDOWN: _report(BreakdownReport, BreakdownRow),
    AnalyticsExportKind.OVERVIEW: _report(OverviewReport, Overview, _both_ranges),
    AnalyticsExportKind.NODE_STATISTICS: _report(
        AnswerStatisticsReport, NodeStatistics, attrgetter("nodes")
    ),
    AnalyticsExportKind.EDGE_STATISTICS: _report(
        AnswerStatisticsReport, EdgeStatistics, attrgetter("edges")
    ),
    AnalyticsExportKind.FIELD_STATISTICS: _report(FieldStatisticsReport, FieldStatisticsRow),
    AnalyticsExportKind.LOST_DEMAND: _report(LostDemandReport, LostDemandRow),
    AnalyticsExportKind.VENDOR_OUTCOME: _report(
        VendorOutcomeReport, VendorOutcomeReport, lambda report: [report]
    ),
}
