"""Reading a session's past for clients."""

from datetime import datetime

from app.api.booking_sessions.history_types import BookingSessionChange, state_tree
from app.api.errors import ErrorCode, RequestError, bad_user_input
from app.domain.booking_session.differences import find_changes
from app.domain.booking_session.state import SessionState
from app.services.booking_sessions.past import HistoryExpired, load_state_when, load_states
from app.services.booking_sessions.session_view import SessionView


async def load_state_at(
    view: SessionView, *, sequence: int | None, timestamp: datetime | None, now: datetime
) -> SessionState | None:
    """Return the state at a point of the past, the newest one when no point is given.

    None when there was no such state. Raises RequestError: BAD_USER_INPUT for both points at once
    or a sequence below 1, EXPIRED when the events are gone.
    """
    if sequence is not None and timestamp is not None:
        raise bad_user_input("Give `sequence` or `timestamp`, not both.", argument="timestamp")
    try:
        if timestamp is not None:
            return await load_state_when(view, timestamp, now=now)
        if sequence is None:
            return view.state
        _require_sequence(sequence, argument="sequence")
        return (await load_states(view, [sequence], now=now)).get(sequence)
    except HistoryExpired:
        raise _expired() from None


async def load_changes(
    view: SessionView, *, from_: int, to: int, now: datetime
) -> list[BookingSessionChange] | None:
    """Return what changed after event `from_` up to event `to`, None when there is no event `to`.

    Raises RequestError: BAD_USER_INPUT for a reversed range or a sequence below 1, EXPIRED when
    the events are gone.
    """
    _require_sequence(from_, argument="from")
    if to < from_:
        raise bad_user_input("`to` is before `from`.", argument="to")
    try:
        states = await load_states(view, [from_, to], now=now)
    except HistoryExpired:
        raise _expired() from None
    if to not in states:
        return None
    changes = find_changes(state_tree(states[from_]), state_tree(states[to]))
    return [BookingSessionChange.from_domain(change) for change in changes]


def _require_sequence(sequence: int, *, argument: str) -> None:
    if sequence < 1:
        raise bad_user_input("Events count from 1.", argument=argument)


def require_events(view: SessionView, *, now: datetime) -> None:
    """Raise RequestError with EXPIRED when the session's events are removed."""
    if view.has_expired(now):
        raise _expired()


def _expired() -> RequestError:
    return RequestError(
        ErrorCode.EXPIRED, "The events of this session were removed after their retention."
    )
