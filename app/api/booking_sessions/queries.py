"""Reading sessions."""

from typing import Annotated

import strawberry

from app.api.booking_sessions.filters import BookingSessionFilter
from app.api.booking_sessions.types import BookingSession, to_session
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.organizations.enums import Role
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.documents import booking_session as documents
from app.documents.paging import SortOrder
from app.domain.access import OrganizationCredential, SessionCredential
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.session_view import SessionView

NEWEST_FIRST = SortOrder("created_at", descending=True)


@strawberry.type
class BookingSessionQueries:
    @query(description="The sessions, newest first.", access=Access.ANALYST)
    async def booking_sessions(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingSessionFilter | None,
            strawberry.argument(description="Which sessions to list."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingSession]:
        owned = {"organization_id": info.context.organization_id}
        conditions = filter.to_query() if filter else {}
        return await paginate(
            info,
            documents.BookingSession,
            {**owned, **conditions},
            order=NEWEST_FIRST,
            to_node=lambda session: to_session(SessionView.of(session)),
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @query(
        description="A session; a session token sees its own only. Null when there is none.",
        access=Access.SESSION,
    )
    async def booking_session(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The session's id.")],
    ) -> BookingSession | None:
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
