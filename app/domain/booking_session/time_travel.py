"""States of the past."""

from collections.abc import Iterable, Sequence

from app.domain.booking_session.derive import apply, start_fold
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.snapshot import freeze
from app.domain.booking_session.state import SessionState


def derive_at(
    events: Iterable[BookingSessionEvent], sequences: Sequence[int]
) -> dict[int, SessionState]:
    """Return the state after each of `sequences` that `events`, a whole stream, reach.

    One pass, however many sequences; BrokenEventStreamError when the events are no stream.
    """
    wanted = frozenset(sequences)
    states: dict[int, SessionState] = {}
    fold = None
    for event in events:
        if fold is None:
            fold = start_fold(event)
        else:
            apply(fold, event)
        if event.sequence in wanted:
            states[event.sequence] = freeze(fold)
    return states
