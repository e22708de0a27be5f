"""Calling off a booking."""

from app.documents.booking import Booking
from app.domain.booking import BookingStatus
from app.domain.booking_changes import cancellation
from app.domain.values import EntityId, Value
from app.services.bookings.changing import (
    MAX_ATTEMPTS,
    Changer,
    claiming_places,
    load_booking,
    moved_on,
    require_open,
    store_change,
)
from app.services.bookings.reschedule import Reason


class CancelBooking(Value):
    """A request to call a booking off."""

    id: EntityId
    reason: Reason | None = None


async def cancel_booking(command: CancelBooking, *, changer: Changer) -> Booking:
    """Cancel the booking, give its place back, and return it; a cancelled one stays as it is.

    Raises Refused with NOT_FOUND, BOOKING_CLOSED when the visit has begun, and CONFLICT when others
    keep changing it.
    """
    for _ in range(MAX_ATTEMPTS):
        booking = await load_booking(command.id, changer)
        if booking.status is BookingStatus.CANCELLED:
            return booking
        require_open(booking, changer)
        change = cancellation(
            booking.timeslot,
            api_key_id=changer.api_key_id,
            reason=command.reason,
            now=changer.now,
        )
        async with claiming_places(booking, changer):
            cancelled = await store_change(
                booking, change, status=BookingStatus.CANCELLED, changer=changer, verb="cancel"
            )
        if cancelled is not None:
            return cancelled
    raise moved_on()
