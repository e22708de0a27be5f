"""Moving the visit of a booking to another time."""

from typing import Annotated

from pydantic import StringConstraints

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.timeslot_reservation import Terms, TimeslotReservation, WantedPlace
from app.domain import booking_changes
from app.domain.booking import BookingStatus, Timeslot
from app.domain.booking_changes import MAX_REASON_LENGTH
from app.domain.booking_flow.steps import TimeslotSelectionStep
from app.domain.instants import Instant
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.timeslots import find_offered_timeslot
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
from app.services.revisions import load_flow_index
from app.services.step_queries import find_step
from app.services.timeslots.doubts import settle_doubts
from app.services.timeslots.places import take_place

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON_LENGTH)]


class RescheduleBooking(Value):
    """A request to move a booking's visit to another window its calendar offers."""

    id: EntityId
    start_time: Instant
    end_time: Instant
    reason: Reason | None = None


async def reschedule_booking(command: RescheduleBooking, *, changer: Changer) -> Booking:
    """Move the visit and return the booking; a visit that is at that time already stays.

    The old place is given back only when the new one is the booking's. Raises Refused with
    NOT_FOUND, BOOKING_CLOSED, INVALID for a booking without a time, TIMESLOT_UNAVAILABLE when the
    window is not offered or has no place left, and CONFLICT when others keep changing it.
    """
    wanted = Timeslot(start_time=command.start_time, end_time=command.end_time)
    for _ in range(MAX_ATTEMPTS):
        booking = await load_booking(command.id, changer)
        if booking.timeslot == wanted and booking.status is not BookingStatus.CANCELLED:
            await _mend_places(booking, changer)
            return booking
        require_open(booking, changer)
        moved = await _move(booking, wanted, command.reason, changer)
        if moved is not None:
            return moved
    raise moved_on()


async def _mend_places(booking: Booking, changer: Changer) -> None:
    """Settle what an earlier attempt left in doubt when it was cut short."""
    places = await TimeslotReservation.find_of_session(
        booking.organization_id, booking.booking_session_id
    )
    await settle_doubts(places, now=changer.now)


async def _move(
    booking: Booking, wanted: Timeslot, reason: str | None, changer: Changer
) -> Booking | None:
    """Move the visit; None when the booking was changed meanwhile."""
    if booking.timeslot is None:
        raise refuse(ProblemCode.INVALID, "the booking is for no particular time", "id")
    place = await _find_place(booking, wanted, changer)
    change = booking_changes.move(
        booking.timeslot, wanted, api_key_id=changer.api_key_id, reason=reason, now=changer.now
    )
    async with claiming_places(booking, changer) as change_id:
        if place is not None:
            claim = Terms(change_id=change_id, in_doubt_since=changer.now, booking_id=booking.id)
            if not await take_place(place, terms=claim, now=changer.now):
                raise _unavailable("This time is booked out.")
        return await store_change(
            booking, change, status=BookingStatus.RESCHEDULED, changer=changer, verb="reschedule"
        )


async def _find_place(booking: Booking, wanted: Timeslot, changer: Changer) -> WantedPlace | None:
    """Return the place the visit needs, None in a window without limit; raises Refused."""
    step = await _find_calendar(booking, changer)
    if step is None:
        raise _unavailable("This time is not offered.")
    slot = find_offered_timeslot(
        step.type_config,
        start_time=wanted.start_time,
        end_time=wanted.end_time,
        now=changer.now,
    )
    if slot is None:
        raise _unavailable("This time is not offered.")
    if slot.capacity is None:
        return None
    return WantedPlace(
        organization_id=booking.organization_id,
        step_id=step.id,
        booking_session_id=booking.booking_session_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
    )


async def _find_calendar(booking: Booking, changer: Changer) -> TimeslotSelectionStep | None:
    """Return the calendar the changer is shown by `availableTimeslots` for the booking's step.

    That is the pinned revision's for the customer, and for an editor the published one's, which may
    have another calendar by now. A step that was removed since offers what it did.
    """
    revision_id = booking.booking_flow_revision_id
    if revision_id is None:
        session = await BookingSession.get_owned(
            booking.organization_id, booking.booking_session_id
        )
        revision_id = None if session is None else session.booking_flow_revision_id
    pinned = revision_id and await load_flow_index(booking.organization_id, revision_id)
    step = pinned.timeslot_step if pinned else None
    if step is None:
        return None
    current = await find_step(step.id, TimeslotSelectionStep, credential=changer.credential)
    return current or step


def _unavailable(message: str) -> Refused:
    return refuse(ProblemCode.TIMESLOT_UNAVAILABLE, message, "start_time")
