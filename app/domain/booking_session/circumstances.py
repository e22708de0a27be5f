"""What a decision depends on besides the session and the command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.booking_session.flow_index import FlowIndex
from app.domain.text_checks import TextChecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The revision the session is pinned to, the time, and what is already booked.

    `taken` counts the bookings of the timeslot step by start time, in UTC.
    """

    flow: FlowIndex
    now: datetime
    checks: TextChecks
    taken: Mapping[datetime, int] = field(default_factory=dict)
