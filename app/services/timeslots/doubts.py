"""Finding out what came of completions and changes that were cut short.

A place is claimed before the completion or the change that needs it is written, and made the
booking's after. Whoever dies in between leaves a claim in doubt. It does not lapse by time, because
the booking may exist: its owner is asked. For a completion that is the session, whose events decide
for good; for a change it is the booking, whose number is raised first, so that a change that merely
took long can no longer succeed with a place that was given back.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.documents.booking import Booking
from app.documents.timeslot_reservation import TakenPlace, TimeslotReservation
from app.domain.booking_session.state import SessionState, is_active, is_completed
from app.domain.values import EntityId
from app.services.booking_sessions.history import load_history

A_CHANGE_TAKES = timedelta(seconds=60)
"""How long a claim is left alone: completions and changes take milliseconds."""


async def settle_doubts(places: Iterable[TakenPlace], *, now: datetime) -> bool:
    """Settle the claims whose makers must have died; return whether there were any to settle.

    That of a session which is still active stays: its customer may complete it yet.
    """
    settled = [await _settle(place, now) for place in places if _is_in_doubt(place, now)]
    return any(settled)


def _is_in_doubt(place: TakenPlace, now: datetime) -> bool:
    since = place.terms.in_doubt_since
    return since is not None and since <= now - A_CHANGE_TAKES


async def _settle(place: TakenPlace, now: datetime) -> bool:
    if place.terms.booking_id is not None:
        await _settle_change(place, place.terms.booking_id, now)
        return True
    return await _settle_completion(place, now)


async def _settle_change(place: TakenPlace, booking_id: EntityId, now: datetime) -> None:
    booking = await Booking.rule_out_changes(place.organization_id, booking_id)
    if booking is not None and booking.takes_place_at(place.start_time):
        await TimeslotReservation.settle(place, booking_id=booking_id, now=now)
    else:
        await TimeslotReservation.free(place)


async def _settle_completion(place: TakenPlace, now: datetime) -> bool:
    history = await load_history(place.organization_id, place.booking_session_id)
    state = None if history is None else history.state
    if state is not None and is_active(state):
        return False
    booking_id = _booking_at(state, place.start_time)
    if booking_id is None:
        await TimeslotReservation.free(place)
    else:
        await TimeslotReservation.settle(place, booking_id=booking_id, now=now)
    return True


def _booking_at(state: SessionState | None, start_time: datetime) -> EntityId | None:
    """Return the booking a session led to, if it is for a visit that starts then."""
    if state is None or not is_completed(state):
        return None
    slot = state.booking_outcome.selected_timeslot
    is_there = slot is not None and slot.start_time == start_time
    return state.booking_outcome.booking_id if is_there else None
