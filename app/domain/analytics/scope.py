"""Which sessions a report is about."""

from datetime import UTC, datetime

from app.domain.instants import Instant
from app.domain.values import EntityId, Value

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Ranges beyond these are slips of the pen, and near the ends of the calendar sums overflow."""


class ReportScope(Value):
    """Sessions of an organization created in `[created_from, created_to)`, to the millisecond.

    Those of one flow, whatever its revision, when a flow is given.
    """

    organization_id: EntityId
    created_from: Instant
    created_to: Instant
    booking_flow_id: EntityId | None = None


def find_range_problem(created_from: datetime, created_to: datetime) -> str | None:
    """Return why no report can be made of a range, None when one can.

    A range that ends where it begins is none too many: it has no sessions.
    """
    if created_to < created_from:
        return "`to` is before `from`."
    if created_from < EARLIEST or created_to > LATEST:
        return f"A range lies between the years {EARLIEST.year} and {LATEST.year}."
    return None
