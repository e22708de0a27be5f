"""The numbers of the report: what the API answers, under the API's names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.cli.analytics_report.words import Row


@dataclass(frozen=True, slots=True)
class Compared:
    """A report, and the same on the time it is compared with."""

    now: Row
    before: Row

    def to_json(self) -> dict[str, Any]:
        """Return the report as the API answers it."""
        return {**self.now, "previous": self.before}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How the sessions of each key ended; `names` are of keys that are ids."""

    title: str
    report: Compared
    names: Mapping[str, str]
    without_key: str = "none"

    @property
    def rows(self) -> Sequence[Row]:
        """The rows of the time reported on."""
        return rows_of(self.report.now)

    @property
    def tells_apart(self) -> bool:
        """Whether any session has a key."""
        return any(row["key"] is not None for row in self.rows)

    def row_before(self, key: str | None) -> Row | None:
        """Return the row of the key in the time compared with; None when it had no sessions."""
        return next((row for row in rows_of(self.report.before) if row["key"] == key), None)

    def name_of(self, key: str | None) -> str:
        """Return what people call the key."""
        return self.without_key if key is None else self.names.get(key, key) or "(empty)"


@dataclass(frozen=True, slots=True)
class Choices:
    """The numbers on the service-selection graph of a revision, and what its nodes are called."""

    report: Row
    names: Mapping[str, str]
    root_node_id: str

    @property
    def nodes(self) -> Sequence[Row]:
        """The nodes in the order of the graph."""
        found: Sequence[Row] = self.report["nodes"]
        return found

    @property
    def edges(self) -> Sequence[Row]:
        """The edges in the order of the graph."""
        found: Sequence[Row] = self.report["edges"]
        return found


@dataclass(frozen=True, slots=True)
class FlowReport:
    """The way through one flow: who gave up on it, what was chosen, and how fields fared."""

    id: str
    name: str
    funnel: Row
    abandonment: Compared
    fields: Row
    choices: Choices | None

    @property
    def steps(self) -> Sequence[Row]:
        """The rows of the funnel."""
        return rows_of(self.funnel)

    def abandonment_before(self, step_id: str) -> Row | None:
        """Return a step's row in the time compared with; None when no session was on its flow."""
        rows = rows_of(self.abandonment.before)
        return next((row for row in rows if row["stepId"] == step_id), None)

    def to_json(self) -> dict[str, Any]:
        """Return the reports as the API answers them."""
        return {
            "bookingFlowId": self.id,
            "flow": self.name,
            "funnel": self.funnel,
            "stepAbandonment": self.abandonment.to_json(),
            "answerStatistics": None if self.choices is None else self.choices.report,
            "fieldStatistics": self.fields,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report shows; `conditions` are what was asked of the sessions, in words."""

    organization: str
    conditions: Sequence[str]
    created: tuple[datetime, datetime]
    compared_with: tuple[datetime, datetime]
    zone: ZoneInfo
    as_of: datetime
    overview: Compared
    days: Compared
    progression: Row
    flows: Sequence[FlowReport]
    breakdowns: Sequence[Breakdown]
    lost_demand: Compared
    vendor_outcome: Compared

    @property
    def has_sessions(self) -> bool:
        """Whether any session began in this time."""
        return bool(self.overview.now["startedCount"])

    def to_json(self) -> dict[str, Any]:
        """Return the reports as the API answers them."""
        return {
            "asOf": self.days.now["asOf"],
            "overview": {"current": self.overview.now, "previous": self.overview.before},
            "days": self.days.to_json(),
            "progression": self.progression,
            "flows": [each.to_json() for each in self.flows],
            "breakdowns": [
                {"title": each.title, **each.report.to_json()} for each in self.breakdowns
            ],
            "lostDemand": self.lost_demand.to_json(),
            "vendorOutcome": self.vendor_outcome.to_json(),
        }


def rows_of(report: Row) -> Sequence[Row]:
    """Return the rows of a report that has rows."""
    rows: Sequence[Row] = report["rows"]
    return rows
