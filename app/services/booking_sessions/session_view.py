"""A session as it is shown: what never changes of it, and its true state."""

from datetime import datetime

from app.documents.booking_session import BookingSession
from app.domain.booking_session.state import SessionState
from app.domain.values import EntityId, Value


class SessionView(Value):
    """A session with the state its events say, and when those are removed, if ever."""

    id: EntityId
    organization_id: EntityId
    booking_flow_revision_id: EntityId
    created_at: datetime
    state: SessionState
    events_expire_at: datetime | None = None

    def has_expired(self, now: datetime) -> bool:
        """Whether the time has come at which the events are removed, done yet or not."""
        return self.events_expire_at is not None and self.events_expire_at <= now

    @classmethod
    def of(cls, session: BookingSession, state: SessionState | None = None) -> "SessionView":
        """Return the view of a session, with the state given or the stored snapshot's."""
        return cls(
            id=session.id,
            organization_id=session.organization_id,
            booking_flow_revision_id=session.booking_flow_revision_id,
            created_at=session.created_at,
            state=session.to_state() if state is None else state,
            events_expire_at=session.events_expire_at,
        )
