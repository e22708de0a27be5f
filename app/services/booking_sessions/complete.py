"""Making a booking of a session.

The SESSION_COMPLETED event is what decides: its unique sequence lets one attempt win, and it names
the booking. The booking document follows from the event and the session, so an attempt cut short
after the event is finished by the next one.
"""

import contextlib
import hashlib
from datetime import datetime

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import DuplicateKeyError, new_id
from app.documents.session_changes import mark_changed_now
from app.documents.timeslot_reservation import TimeslotReservation, WantedPlace
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.completion import decide_completion
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.state import (
    ActiveSession,
    CompletedSession,
    SelectedTimeslot,
    is_abandoned,
    is_active,
    is_completed,
)
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.timeslots import find_offered_timeslot
from app.domain.values import EntityId, Value
from app.services.booking_sessions.history import (
    SessionHistory,
    append,
    find_kept_history,
    load_history,
    one_at_a_time,
)
from app.services.booking_sessions.new_booking import make_booking
from app.services.booking_sessions.pinned import load_pinned_flow
from app.services.booking_sessions.record import CHECKS, MAX_ATTEMPTS
from app.services.booking_sessions.session_view import SessionView
from app.services.booking_sessions.start import IdempotencyKey
from app.services.secrets import new_confirmation_code
from app.services.timeslots.places import claim_place

MAX_CODES = 5


class CompleteSession(Value):
    """A widget's request to book."""

    booking_session_id: EntityId
    idempotency_key: IdempotencyKey


async def complete_session(
    command: CompleteSession, *, organization_id: EntityId, now: datetime
) -> tuple[SessionView, Booking]:
    """Book what the session holds; return the closed session and its booking.

    The same idempotency key answers with the same booking. Raises Refused with everything that
    stands in the way, TIMESLOT_UNAVAILABLE when the slot is full, SESSION_CLOSED when the session
    ended otherwise.
    """
    async with one_at_a_time(command.booking_session_id):
        return await _complete(command, organization_id, now)


async def _complete(
    command: CompleteSession, organization_id: EntityId, now: datetime
) -> tuple[SessionView, Booking]:
    kept = find_kept_history(organization_id, command.booking_session_id)
    if kept is not None:
        # What was kept may be out of date, so it is good for a success but for no refusal.
        with contextlib.suppress(Refused):
            if (completed := await _attempt(command, kept, now, is_retry=False)) is not None:
                return completed
    for attempt in range(MAX_ATTEMPTS):
        history = await load_history(organization_id, command.booking_session_id)
        if history is None:
            raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "booking_session_id")
        is_retry = attempt > 0 or kept is not None
        if (completed := await _attempt(command, history, now, is_retry=is_retry)) is not None:
            return completed
    raise refuse(
        ProblemCode.SEQUENCE_CONFLICT,
        "other writers keep extending this session; try again",
        "booking_session_id",
    )


async def _attempt(
    command: CompleteSession, history: SessionHistory, now: datetime, *, is_retry: bool
) -> tuple[SessionView, Booking] | None:
    """Return the closed session and its booking, or None when another writer was faster."""
    if is_completed(history.state):
        return await _answer_again(command, history, history.state)
    if is_abandoned(history.state):
        # A place this call took on an earlier attempt; the abandonment could not see it.
        session = history.session
        await TimeslotReservation.release(session.organization_id, session.id)
    flow = await load_pinned_flow(history.session)
    decision = _decide(command, history, flow, now)
    if not await _take_place(history, flow, now):
        raise refuse(
            ProblemCode.TIMESLOT_UNAVAILABLE,
            "the time was taken meanwhile",
            "booking_session_id",
        )
    if not await append(history, decision, now=now) or not is_completed(decision.state):
        return None
    booking = await _store_booking(history.session, decision.state, decision.events[0], flow)
    await _give_place(_wanted_place(history, flow, now), booking, is_retry=is_retry)
    return SessionView.of(history.session, decision.state), booking


def _decide(
    command: CompleteSession, history: SessionHistory, flow: FlowIndex, now: datetime
) -> Decision:
    decision = decide_completion(
        history.state,
        given=Circumstances(flow=flow, now=now, checks=CHECKS),
        booking_id=new_id(),
        confirmation_code=new_confirmation_code(),
        event_id=new_id(),
    )
    if not isinstance(decision, Decision):
        raise Refused(decision)
    event = decision.events[0].model_copy(update={"content_hash": _hash(command)})
    return Decision(events=(event,), state=decision.state)


def _hash(command: CompleteSession) -> str:
    return hashlib.sha256(command.idempotency_key.encode()).hexdigest()


async def _answer_again(
    command: CompleteSession, history: SessionHistory, state: CompletedSession
) -> tuple[SessionView, Booking]:
    """Return the booking made with the same key, mending what a crash left undone."""
    event = await _find_completion(history.session, state)
    if event is None or event.content_hash != _hash(command):
        raise refuse(
            ProblemCode.SESSION_CLOSED, "the session is completed already", "booking_session_id"
        )
    booking = await Booking.get_owned(
        history.session.organization_id, state.booking_outcome.booking_id
    )
    if booking is None:
        booking = await restore_booking(history.session, state)
    return SessionView.of(history.session, state), booking


async def restore_booking(session: BookingSession, state: CompletedSession) -> Booking:
    """Store the booking of a completed session that a crash kept from being stored; return it.

    One that is stored already is returned as it is. LookupError when the event that completed the
    session is gone.
    """
    event = await _find_completion(session, state)
    if event is None:
        raise LookupError(f"the completion of session {session.id} is gone")
    await mark_changed_now(session.id)
    return await _store_booking(session, state, event, await load_pinned_flow(session))


async def _find_completion(
    session: BookingSession, state: CompletedSession
) -> BookingSessionEvent | None:
    events = await BookingSessionEventDocument.find_events(
        session.id, after_sequence=state.sequence - 1
    )
    return events[-1] if events else None


async def _take_place(history: SessionHistory, flow: FlowIndex, now: datetime) -> bool:
    """Claim a place of the selected slot until it is known whether the completion was stored."""
    wanted = _wanted_place(history, flow, now)
    if wanted is None:
        return True
    return await claim_place(wanted, change_id=new_id(), now=now, may_be_held=_holds(flow))


def _holds(flow: FlowIndex) -> bool:
    step = flow.timeslot_step
    return step is not None and step.type_config.hold_minutes > 0


async def _give_place(taken: WantedPlace | None, booking: Booking, *, is_retry: bool) -> None:
    """Make the claimed place the booking's."""
    if taken is None:
        return
    owner = (taken.organization_id, taken.booking_session_id)
    await TimeslotReservation.give_to_booking(
        *owner, taken.start_time, booking_id=booking.id, now=booking.created_at
    )
    if is_retry:
        # An attempt that lost to the customer choosing another time has claimed the former one.
        await TimeslotReservation.release_but(*owner, taken.start_time)


def _wanted_place(history: SessionHistory, flow: FlowIndex, now: datetime) -> WantedPlace | None:
    """Return the place the booking needs; None where it needs none or its slot has no limit."""
    timeslot = _selected_timeslot(history)
    step = flow.timeslot_step
    if timeslot is None or step is None:
        return None
    slot = find_offered_timeslot(
        step.type_config, start_time=timeslot.start_time, end_time=timeslot.end_time, now=now
    )
    if slot is None or slot.capacity is None:
        return None
    return WantedPlace(
        organization_id=history.session.organization_id,
        step_id=step.id,
        booking_session_id=history.session.id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
    )


def _selected_timeslot(history: SessionHistory) -> SelectedTimeslot | None:
    state: ActiveSession | object = history.state
    if not isinstance(state, ActiveSession) or not is_active(state):
        return None
    selections = state.current_state.temp_selections
    return selections.timeslot if selections else None


async def _store_booking(
    session: BookingSession,
    state: CompletedSession,
    event: BookingSessionEvent,
    flow: FlowIndex,
) -> Booking:
    booking = await make_booking(session, state, event, flow)
    for _ in range(MAX_CODES):
        try:
            return await booking.insert()
        except DuplicateKeyError:
            stored = await Booking.get_owned(session.organization_id, booking.id)
            if stored is not None:
                return stored
            # One booking in a million meets a code that the organization has given out already.
            booking.confirmation_code = new_confirmation_code()
    raise RuntimeError(f"no free confirmation code for booking {booking.id}")
