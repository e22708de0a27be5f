"""Following sessions as their events are recorded."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.api.booking_sessions.event_types import BookingSessionEvent
from app.api.booking_sessions.history import require_events
from app.api.context import Info
from app.api.errors import ErrorCode, RequestError, bad_user_input
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, subscription
from app.domain.values import EntityId
from app.loaders.base import owned
from app.services.booking_sessions.live_events import LiveEventsEnded, Wanted, follow_events
from app.services.booking_sessions.session_view import SessionView

RETRY_AFTER_MS = 1_000
NOTHING = ""
"""The id of no entity, for global ids that are malformed: they answer like those of nobody."""


@strawberry.type
class BookingSessionSubscriptions:
    @subscription(
        description=(
            "Events as they are recorded, those of a session in order; all of the organization's, "
            "or those of a flow or a session. Ends with UNAVAILABLE when events may be missed: "
            "subscribe again, and read from the sessions what came between."
        ),
        access=Access.ANALYST,
    )
    async def booking_session_events(
        self,
        info: Info,
        booking_flow_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only sessions on this flow.")
        ] = None,
        booking_session_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this session.")
        ] = None,
        after_sequence: Annotated[
            int | None,
            strawberry.argument(
                description="With `bookingSessionId`: first what was recorded after the event of "
                "this sequence, 0 for everything, then what follows, without a gap. EXPIRED when "
                "the session's events were removed after their retention."
            ),
        ] = None,
    ) -> AsyncGenerator[BookingSessionEvent, None]:
        if after_sequence is not None and (booking_session_id is None or after_sequence < 0):
            raise bad_user_input(
                "A sequence, from 0, belongs to a session: name it.", argument="afterSequence"
            )
        wanted = Wanted(
            organization_id=info.context.organization_id,
            booking_flow_id=_decode(EntityType.BOOKING_FLOW, booking_flow_id),
            booking_session_id=_decode(EntityType.BOOKING_SESSION, booking_session_id),
        )
        if after_sequence is not None:
            await _require_stored_events(info, wanted)
        return _follow(info, wanted, after_sequence)


async def _require_stored_events(info: Info, wanted: Wanted) -> None:
    """Raise RequestError with EXPIRED when the events to begin with are removed."""
    key = owned(wanted.organization_id, wanted.booking_session_id)
    session = None if key is None else await info.context.loaders.sessions.load(key)
    if session is not None:
        require_events(SessionView.of(session), now=info.context.now)


def _decode(entity_type: EntityType, global_id: str | None) -> EntityId | None:
    return None if global_id is None else decode_id(entity_type, global_id) or NOTHING


async def _follow(
    info: Info, wanted: Wanted, after_sequence: int | None
) -> AsyncGenerator[BookingSessionEvent, None]:
    events = follow_events(wanted, after_sequence=after_sequence)
    try:
        async for recorded in events:
            info.context.forget_loaded()
            yield BookingSessionEvent.from_recorded(recorded)
    except LiveEventsEnded as ended:
        raise RequestError(
            ErrorCode.UNAVAILABLE,
            f"{ended} Subscribe again, and read from the sessions what came between.",
            retryAfterMs=RETRY_AFTER_MS,
        ) from None
    finally:
        await events.aclose()
