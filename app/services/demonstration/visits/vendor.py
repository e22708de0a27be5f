"""What the vendor's office did with the bookings of the past."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from app.documents.booking import Booking
from app.documents.booking_push import PastPush, record_past_pushes
from app.domain.booking import VendorAttempt
from app.domain.instants import to_instant
from app.domain.vendor import VendorBookingStatus
from app.domain.vendor_push import PushOutcome, PushPolicy, VendorPush, after
from app.services.demonstration.visits.visit import Fate

_TOLD_AFTER = timedelta(seconds=2)
_FIRST_ID = 1_000_000_000
"""Higher than any id that the vendor's stand-in gives."""


async def tell_vendor(booked: Iterable[tuple[Booking, Fate]]) -> None:
    """Store that the vendor was told of bookings and what it said since, without asking it.

    Nothing is stored for a company without an account there.
    """
    await record_past_pushes(
        [
            _tell(booking, booking.vendor_push, fate)
            for booking, fate in booked
            if booking.vendor_push is not None
        ]
    )


def _tell(booking: Booking, push: VendorPush, fate: Fate) -> PastPush:
    told_at = to_instant(booking.created_at + _TOLD_AFTER)
    outcomes = [PushOutcome.REFUSED]
    if fate.status is not None:
        outcomes = [PushOutcome.CREATED, PushOutcome.ATTRIBUTED]
    return PastPush(
        booking_id=booking.id,
        following=after(push, outcomes[-1], policy=PushPolicy(), now=told_at, chance=0),
        attempts=[VendorAttempt(at=told_at, outcome=outcome) for outcome in outcomes],
        facts=_facts(booking, fate),
        at=told_at,
    )


def _facts(booking: Booking, fate: Fate) -> dict[str, Any]:
    """Return what the vendor has of the booking: nothing, when it would not have it."""
    if fate.status is None:
        return {}
    vendor_id = str(_FIRST_ID + int(booking.id[-7:], 16))
    return {
        "vendor_booking_id": vendor_id,
        "vendor_start": None if booking.timeslot is None else booking.timeslot.start_time,
        "vendor_status": fate.status.value,
        "vendor_job_id": vendor_id if fate.status is VendorBookingStatus.CONVERTED else None,
        "vendor_modified_on": fate.decided_at,
    }
