"""States of a session's past, replayed from its events."""

from collections.abc import Sequence
from datetime import datetime

from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.booking_session.derive import BrokenEventStreamError, derive
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import SessionState, is_active
from app.domain.booking_session.time_travel import derive_at
from app.domain.instants import to_instant
from app.services.booking_sessions.session_view import SessionView


class HistoryExpired(Exception):
    """The events of a closed session were removed after their time of retention."""


async def load_states(
    view: SessionView, sequences: Sequence[int], *, now: datetime
) -> dict[int, SessionState]:
    """Return the states after those of `sequences` the session has reached.

    One command, none when only the newest state is wanted; raises HistoryExpired.
    """
    newest = view.state.sequence
    reached = [sequence for sequence in sequences if sequence < newest]
    states: dict[int, SessionState] = {}
    if reached:
        _require_kept(view, now)
        events = await BookingSessionEventDocument.find_events(view.id, to_sequence=max(reached))
        try:
            states = derive_at(_whole(events), reached)
        except BrokenEventStreamError as error:
            raise _explain(error, view) from None
    return {**states, newest: view.state} if newest in sequences else states


async def load_state_when(
    view: SessionView, moment: datetime, *, now: datetime
) -> SessionState | None:
    """Return the state at a moment, None before the session began; raises HistoryExpired."""
    until = to_instant(moment)
    if until < view.state.started_at:
        return None
    if until >= view.state.current_state.last_activity_at:
        return view.state
    _require_kept(view, now)
    events = await BookingSessionEventDocument.find_events(
        view.id, to_sequence=view.state.sequence, until=until
    )
    try:
        return derive(_whole(events))
    except BrokenEventStreamError as error:
        raise _explain(error, view) from None


def _require_kept(view: SessionView, now: datetime) -> None:
    # Events are removed in any order: what is left of them may look whole.
    if view.has_expired(now):
        raise HistoryExpired


def _whole(events: list[BookingSessionEvent]) -> list[BookingSessionEvent]:
    if not events:
        raise BrokenEventStreamError(sequence=0, reason="the events are gone")
    return events


def _explain(error: BrokenEventStreamError, view: SessionView) -> Exception:
    # Events of active sessions never expire; of a closed session they may go in any order.
    return error if is_active(view.state) else HistoryExpired()
