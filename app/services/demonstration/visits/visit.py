"""One customer's visit, from the first page to how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.vendor import VendorBookingStatus
from app.services.booking_sessions.start import PageContext, ReportedContext


class Ending(StrEnum):
    """How a visit ends; a visitor who is still there has not ended it."""

    BOOKED = "booked"
    LEFT = "left"
    STILL_THERE = "still_there"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events a widget sends together; `sent_at` is when they arrive."""

    sent_at: datetime
    events: tuple[SessionCommand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When and from where a customer comes, and with which device."""

    at: datetime
    page: PageContext
    reported: ReportedContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What the vendor's office did with a booking, and when; None where it was refused."""

    status: VendorBookingStatus | None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a customer does; `reason` says why who left did.

    `resumes` is the position of the earlier visit that the customer goes on with; `fate` what the
    vendor makes of the booking, if there is one.
    """

    arrival: Arrival
    batches: tuple[Batch, ...]
    ending: Ending
    ended_at: datetime
    reason: AbandonmentReason = AbandonmentReason.CUSTOMER
    resumes: int | None = None
    fate: Fate | None = None
