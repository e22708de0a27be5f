"""The enums of this part of the schema."""

from app.api.analytics.enums import BreakdownDimension
from app.api.enums import expose_enum
from app.domain.analytics.exports import AnalyticsExportFormat, AnalyticsExportKind

__all__ = ["AnalyticsExportFormat", "AnalyticsExportKind", "BreakdownDimension"]

expose_enum(
    AnalyticsExportKind,
    description="What the rows of an exported file are.",
    values={
        AnalyticsExportKind.SESSIONS: (
            "The sessions, the newest first: how each stands, its numbers and where it came from. "
            "Nothing a customer entered."
        ),
        AnalyticsExportKind.EVENTS: (
            "The events of these sessions, session by session and in order, as far as they are "
            "kept. Nothing a customer entered."
        ),
        AnalyticsExportKind.STEP_ABANDONMENT: "The rows of `stepAbandonment`.",
        AnalyticsExportKind.PROGRESSION: "The rows of `progression`.",
        AnalyticsExportKind.FUNNEL: "The rows of `funnel`.",
        AnalyticsExportKind.BREAKDOWN: "The rows of `breakdown`.",
        AnalyticsExportKind.OVERVIEW: (
            "The numbers of `overview`, a row for the range and one for as long a time before it."
        ),
        AnalyticsExportKind.NODE_STATISTICS: "The nodes of `answerStatistics`.",
        AnalyticsExportKind.EDGE_STATISTICS: "The edges of `answerStatistics`.",
        AnalyticsExportKind.FIELD_STATISTICS: "The rows of `fieldStatistics`.",
        AnalyticsExportKind.LOST_DEMAND: "The rows of `lostDemand`.",
        AnalyticsExportKind.VENDOR_OUTCOME: "The numbers of `vendorOutcome`, one row.",
    },
)
expose_enum(
    AnalyticsExportFormat,
    description="How an exported file is written; always in UTF-8.",
    values={
        AnalyticsExportFormat.CSV: (
            "Comma-separated values by RFC 4180 with the names of the columns in the first row. "
            "Text that a spreadsheet would take for a formula stands after an apostrophe."
        ),
        AnalyticsExportFormat.JSON_LINES: "A JSON object for each row, on a line of its own.",
    },
)
