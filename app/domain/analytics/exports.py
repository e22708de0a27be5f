"""What can be taken out of the analytics as a file."""

from enum import StrEnum

from app.domain.access import OrganizationCredential
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.instants import Instant
from app.domain.values import Value


class AnalyticsExportKind(StrEnum):
    """What the rows of a file are."""

    SESSIONS = "sessions"
    EVENTS = "events"
    STEP_ABANDONMENT = "step_abandonment"
    PROGRESSION = "progression"
    FUNNEL = "funnel"
    BREAKDOWN = "breakdown"
    OVERVIEW = "overview"
    NODE_STATISTICS = "node_statistics"
    EDGE_STATISTICS = "edge_statistics"
    FIELD_STATISTICS = "field_statistics"
    LOST_DEMAND = "lost_demand"
    VENDOR_OUTCOME = "vendor_outcome"

    @property
    def file_stem(self) -> str:
        """The name of its files before the point."""
        return self.value.replace("_", "-")


OF_ONE_FLOW = frozenset({AnalyticsExportKind.NODE_STATISTICS, AnalyticsExportKind.EDGE_STATISTICS})
"""The kinds that are about the service-selection graph of a flow."""


class AnalyticsExportFormat(StrEnum):
    """How a file is written; the value is the end of its name."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class ExportRequest(Value):
    """Which rows of which sessions; `time_zone` and `group_by` are those of a breakdown."""

    kind: AnalyticsExportKind
    scope: ReportScope
    time_zone: str = "UTC"
    group_by: BreakdownDimension | None = None


class ExportLink(Value):
    """Who may fetch an export without any other credential, and until when."""

    request: ExportRequest
    credential: OrganizationCredential
    expires_at: Instant
