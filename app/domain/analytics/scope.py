"""Which sessions a report is about."""

from datetime import UTC, datetime

from app.domain.booking_session.context import DeviceType
from app.domain.instants import Instant, to_instant
from app.domain.values import EntityId, Value

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Ranges beyond these are slips of the pen, and near the ends of the calendar sums overflow."""

BOT_DEVICE_TYPES = frozenset({DeviceType.BOT})
"""The kinds of device that are programs.

Only the kind tells, and not the browser's name: it is all that is left of a device when a person is
erased, and counts outlive that.
"""


class SessionFilter(Value):
    """Which of an organization's sessions count; None asks for nothing.

    `revision` is the number of a revision of the flow. Texts are compared as they are stored, in
    either case. Bots are left out unless they are asked for by `includes_bots` or by their device.
    """

    booking_flow_id: EntityId | None = None
    revision: int | None = None
    routing_rule_id: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    device_type: DeviceType | None = None
    includes_bots: bool = False

    @property
    def leaves_bots_out(self) -> bool:
        """Whether sessions of bots are to be taken away."""
        return not self.includes_bots and self.device_type not in BOT_DEVICE_TYPES


class ReportScope(SessionFilter):
    """Sessions of an organization created in `[created_from, created_to)`, to the millisecond."""

    organization_id: EntityId
    created_from: Instant
    created_to: Instant

    def within(self, created_from: datetime, created_to: datetime) -> "ReportScope":
        """Return the same of another range."""
        start, end = to_instant(created_from), to_instant(created_to)
        return self.model_copy(update={"created_from": start, "created_to": end})

    def just_before(self) -> "ReportScope":
        """Return the same of the range of the same length that ends where this one begins.

        It begins no earlier than `EARLIEST`, so that there is one for every range.
        """
        start, length = self.created_from, self.created_to - self.created_from
        return self.within(max(EARLIEST, start - length), start)


def find_range_problem(created_from: datetime, created_to: datetime) -> str | None:
    """Return why no report can be made of a range, None when one can.

    A range that ends where it begins is none too many: it has no sessions.
    """
    if created_to < created_from:
        return "`to` is before `from`."
    if created_from < EARLIEST or created_to > LATEST:
        return f"A range lies between the years {EARLIEST.year} and {LATEST.year}."
    return None
