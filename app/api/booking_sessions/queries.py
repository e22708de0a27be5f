"""Reading sessions."""

import strawberry

from app.api.booking_sessions.types import BookingSession, to_session
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.organizations.enums import Role
from app.api.permissions import Access, query
from app.domain.access import OrganizationCredential, SessionCredential
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.session_view import SessionView


@strawberry.type
class BookingSessionQueries:
    @query(
        description="A session; a session token sees its own only. Null when there is none.",
        access=Access.SESSION,
    )
    async def booking_session(self, info: Info, id: strawberry.ID) -> BookingSession | None:
        session_id = decode_id(EntityType.BOOKING_SESSION, id)
        match info.context.credential:
            case SessionCredential(booking_session_id=own) if own != session_id:
                return None
            case OrganizationCredential():
                info.context.require_role(Role.ANALYST)
        if session_id is None:
            return None
        history = await load_history(info.context.organization_id, session_id)
        return (
            None if history is None else to_session(SessionView.of(history.session, history.state))
        )
