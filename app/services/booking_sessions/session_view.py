"""A session as it is shown: what never changes of it, and its true state."""

from datetime import datetime

from app.documents.booking_session import BookingSession
from app.domain.booking_session.state import SessionState
from app.domain.values import EntityId, Value


class SessionView(Value):
    """A session with the state its events say."""

    id: EntityId
    organization_id: EntityId
    booking_flow_revision_id: EntityId
    created_at: datetime
    state: SessionState

    @classmethod
    def of(cls, session: BookingSession, state: SessionState | None = None) -> "SessionView":
        """Return the view of a session, with the state given or the stored snapshot's."""
        return cls(
            id=session.id,
            organization_id=session.organization_id,
            booking_flow_revision_id=session.booking_flow_revision_id,
            created_at=session.created_at,
            state=session.to_state() if state is None else state,
        )
