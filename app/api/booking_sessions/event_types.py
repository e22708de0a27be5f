"""Events of a session as clients read them."""

from datetime import datetime

import strawberry

from app.api.booking_sessions.enums import BookingSessionEventType, EventStatus
from app.api.booking_sessions.event_data_types import BookingSessionEventData, to_event_data
from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.node import Node
from app.domain.booking_session.events import BookingSessionEvent as DomainEvent
from app.services.booking_sessions.record import EventResult


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
    client_event_id: str | None = strawberry.field(
        description="The client's id for it; null for the server's own events."
    )
    step_id: strawberry.ID | None = strawberry.field(description="The step it happened on.")
    data: BookingSessionEventData = strawberry.field(description="What the event says.")

    @classmethod
    def from_domain(cls, event: DomainEvent) -> "BookingSessionEvent":
        """Return the event in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_SESSION_EVENT, event.id),
            sequence=event.sequence,
            event_type=event.event_type,
            timestamp=event.timestamp,
            client_timestamp=event.client_timestamp,
            client_event_id=event.client_event_id,
            step_id=encode_optional_id(EntityType.BOOKING_FLOW_STEP, event.step_id),
            data=to_event_data(event),
        )


@strawberry.type(description="What became of one event of a batch.")
class BookingSessionEventResult:
    client_event_id: str = strawberry.field(description="The client's id for it.")
    status: EventStatus = strawberry.field(description="Whether it is new.")
    event: BookingSessionEvent = strawberry.field(description="The event as stored.")

    @classmethod
    def from_result(cls, result: EventResult) -> "BookingSessionEventResult":
        """Return the result in the schema's type."""
        return cls(
            client_event_id=result.client_event_id,
            status=result.status,
            event=BookingSessionEvent.from_domain(result.event),
        )
