"""Events of a session as clients read them."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from app.api.booking_sessions.enums import BookingSessionEventType, EventStatus
from app.api.booking_sessions.event_data_types import BookingSessionEventData, to_event_data
from app.api.context import Info
from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.node import Node
from app.documents.booking_session_event import RecordedEvent
from app.domain.booking_session.events import BookingSessionEvent as DomainEvent
from app.loaders.base import OwnedId
from app.services.booking_sessions.record import EventResult
from app.services.booking_sessions.session_view import SessionView

if TYPE_CHECKING:
    from app.api.booking_sessions.types import BookingSession

LOOKS_FOR_A_STARTING_SESSION = 40
SECONDS_BETWEEN_LOOKS = 0.05


@strawberry.type(description="Something that happened in a session; never changed.")
class BookingSessionEvent(Node):
    sequence: int = strawberry.field(
        description="Counts from 1 without gaps; the order of the events."
    )
    event_type: BookingSessionEventType = strawberry.field(description="What happened.")
    timestamp: datetime = strawberry.field(description="When the server recorded it.")
    client_timestamp: datetime | None = strawberry.field(
        description="When it happened by the client's clock."
    )
    occurred_at: datetime = strawberry.field(
        description="When it happened, as far as the client's clock can be believed."
    )
    client_event_id: str | None = strawberry.field(
        description="The client's id for it; null for the server's own events."
    )
    step_id: strawberry.ID | None = strawberry.field(description="The step it happened on.")
    data: BookingSessionEventData = strawberry.field(description="What the event says.")
    session_key: strawberry.Private[OwnedId]

    @strawberry.field(description="The session it happened in.")
    async def booking_session(
        self, info: Info
    ) -> Annotated["BookingSession", strawberry.lazy("app.api.booking_sessions.types")]:
        # The sessions' types list events, so they import this module.
        from app.api.booking_sessions.types import to_session  # noqa: PLC0415

        for _ in range(LOOKS_FOR_A_STARTING_SESSION):
            session = await info.context.loaders.sessions.load(self.session_key)
            if session is not None:
                return to_session(SessionView.of(session))
            # A session is stored right after its first event, which may be heard of before.
            info.context.loaders.sessions.clear(self.session_key)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        raise RuntimeError(f"session {self.session_key.id} of an event is gone")

    @classmethod
    def from_recorded(cls, recorded: RecordedEvent) -> "BookingSessionEvent":
        """Return a stored event in the schema's type."""
        session_key = OwnedId(recorded.organization_id, recorded.booking_session_id)
        return cls.from_domain(recorded.event, session_key=session_key)

    @classmethod
    def from_domain(cls, event: DomainEvent, *, session_key: OwnedId) -> "BookingSessionEvent":
        """Return an event of a session in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_SESSION_EVENT, event.id),
            sequence=event.sequence,
            event_type=event.event_type,
            timestamp=event.timestamp,
            client_timestamp=event.client_timestamp,
            occurred_at=event.occurred_at,
            client_event_id=event.client_event_id,
            step_id=encode_optional_id(EntityType.BOOKING_FLOW_STEP, event.step_id),
            data=to_event_data(event),
            session_key=session_key,
        )


@strawberry.type(description="What became of one event of a batch.")
class BookingSessionEventResult:
    client_event_id: str = strawberry.field(description="The client's id for it.")
    status: EventStatus = strawberry.field(description="Whether it is new.")
    event: BookingSessionEvent = strawberry.field(description="The event as stored.")

    @classmethod
    def from_result(
        cls, result: EventResult, *, session_key: OwnedId
    ) -> "BookingSessionEventResult":
        """Return the result in the schema's type."""
        return cls(
            client_event_id=result.client_event_id,
            status=result.status,
            event=BookingSessionEvent.from_domain(result.event, session_key=session_key),
        )
