"""What an accepted decision leads to."""

from dataclasses import dataclass

from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import SessionState


@dataclass(frozen=True, slots=True)
class Decision:
    """The events to store, and the state once they are."""

    events: tuple[BookingSessionEvent, ...]
    state: SessionState
