"""Who erases what: a function for each collection that holds personal data of customers.

A new collection, or a new field with something about a customer, gets a function here. An eraser
may be run again, at any point and beside another one, and then finds nothing left to do.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.personal_records import (
    clear_audited_bookings,
    mark_changed,
    replace_booking_data,
    replace_events,
    replace_snapshot_data,
    stream_session_events,
)
from app.domain.booking_flow.steps import StepType
from app.domain.booking_session.erasure import (
    erase_context,
    erase_event,
    erase_state,
    erase_step_values,
)
from app.services.personal_data.session_erasure import SessionErasure

Eraser: TypeAlias = Callable[[SessionErasure], Awaitable[None]]

EVENTS_PER_COMMAND = 500


async def erase_events(erasure: SessionErasure) -> None:
    """Erase form values, messages and the context from the session's events."""
    erased = []
    async for event in stream_session_events(erasure.organization_id, erasure.session_id):
        new = erase_event(event, flow=erasure.flow, person=erasure.person)
        if new is not event:
            erased.append(new)
        if len(erased) == EVENTS_PER_COMMAND:
            await replace_events(erased, erasure_id=erasure.erasure_id)
            erased = []
    if erased:
        await replace_events(erased, erasure_id=erasure.erasure_id)


async def erase_snapshot(erasure: SessionErasure) -> None:
    """Erase form values and the context from the session itself, and the hash of its request."""
    session = await BookingSession.get_owned(erasure.organization_id, erasure.session_id)
    if session is None:
        return
    state = session.to_state()
    new = erase_state(state, flow=erasure.flow, person=erasure.person)
    if new == state and session.request_hash is None:
        # Its events may have been erased: reports count the names of fields in them.
        await mark_changed(session.id, now=erasure.now)
        return
    if not await replace_snapshot_data(
        session, new, erasure_id=erasure.erasure_id, now=erasure.now
    ):
        raise RuntimeError(f"session {session.id} has moved on though it is closed")


async def erase_bookings(erasure: SessionErasure) -> None:
    """Erase who the customer is, what was told of the visit, and why it was changed."""
    for booking in await Booking.list_owned(erasure.organization_id, erasure.booking_ids):
        changes = _erased_fields(booking, erasure)
        stored = booking.model_dump(include=set(changes))
        if changes != stored:
            await replace_booking_data(
                booking, changes, erasure_id=erasure.erasure_id, now=erasure.now
            )


def _erased_fields(booking: Booking, erasure: SessionErasure) -> dict[str, Any]:
    flow = erasure.flow
    details = erase_step_values(booking.details, step_type=StepType.DETAILS, flow=flow)
    customer = erase_step_values(booking.customer, step_type=StepType.CUSTOMER, flow=flow)
    context = erase_context(booking.session_context, person=erasure.person)
    return {
        "customer": customer,
        "customer_digests": [],
        "details": details,
        "session_context": context.model_dump(),
        # Staff and customers write there what they like.
        "changes": [{**change.model_dump(), "reason": None} for change in booking.changes],
    }


async def erase_audit(erasure: SessionErasure) -> None:
    """Erase the states of bookings from the records of their changes."""
    await clear_audited_bookings(erasure.organization_id, erasure.booking_ids)


ERASERS: tuple[Eraser, ...] = (erase_events, erase_snapshot, erase_bookings, erase_audit)
"""In this order: the events first, because they are what everything else can be made of again."""
