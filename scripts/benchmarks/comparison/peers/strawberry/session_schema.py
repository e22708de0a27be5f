"""Sessions and their events as Strawberry types."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from content_schema import (
    BookingSessionEventStatus,
    BookingSessionEventType,
    BookingSessionStatus,
    Document,
)
from ids import encode_id, encode_step_id
from strawberry.scalars import JSON
from strawberry.types import Info


@strawberry.type
class SessionStartEventData:
    total_in_flow: int


@strawberry.type
class FieldUpdateEventData:
    field: str
    value: JSON | None


BookingSessionEventData = Annotated[
    SessionStartEventData | FieldUpdateEventData, strawberry.union("BookingSessionEventData")
]


@strawberry.type
class BookingSessionEvent:
    id: strawberry.ID
    sequence: int
    event_type: BookingSessionEventType
    timestamp: datetime
    step_id: strawberry.ID | None
    data: BookingSessionEventData

    @classmethod
    def of(cls, event: Document) -> "BookingSessionEvent":
        return cls(
            id=encode_id("BookingSessionEvent", event["_id"]),
            sequence=event["sequence"],
            event_type=BookingSessionEventType(event["event_type"]),
            timestamp=event["timestamp"],
            step_id=encode_step_id(event["step_id"]) if event["step_id"] else None,
            data=to_event_data(event),
        )


def to_event_data(event: Document) -> SessionStartEventData | FieldUpdateEventData:
    data = event["data"]
    if event["event_type"] == "session_started":
        return SessionStartEventData(total_in_flow=data["total_in_flow"])
    return FieldUpdateEventData(field=data["field"], value=data["value"])


@strawberry.type
class BookingSessionEventConnection:
    nodes: list[BookingSessionEvent]


@strawberry.type
class StepProgression:
    total_in_flow: int
    completed_count: int
    completed_step_ids: list[strawberry.ID]
    furthest_step_id: strawberry.ID
    furthest_step_index: int


@strawberry.type
class SessionMetrics:
    duration_ms: int
    event_count: int
    back_navigation_count: int
    validation_error_count: int
    field_update_count: int


@strawberry.type
class NavigationState:
    visited_step_ids: list[strawberry.ID]
    can_go_back: bool


@strawberry.type
class CurrentState:
    step_id: strawberry.ID
    form_data: JSON
    navigation_state: NavigationState
    service_selection_path: list[strawberry.ID]
    last_event_id: strawberry.ID
    last_activity_at: datetime

    @classmethod
    def of(cls, state: Document) -> "CurrentState":
        navigation = state["navigation_state"]
        return cls(
            step_id=encode_step_id(state["step_id"]),
            form_data={encode_step_id(each): it for each, it in state["form_data"].items()},
            navigation_state=NavigationState(
                visited_step_ids=[encode_step_id(it) for it in navigation["visited_step_ids"]],
                can_go_back=navigation["can_go_back"],
            ),
            service_selection_path=state["service_selection_path"],
            last_event_id=encode_id("BookingSessionEvent", state["last_event_id"]),
            last_activity_at=state["last_activity_at"],
        )


@strawberry.interface
class BookingOutcome:
    status: BookingSessionStatus


@strawberry.type
class ActiveBookingOutcome(BookingOutcome):
    pass


@strawberry.type
class CompletedBookingOutcome(BookingOutcome):
    pass


@strawberry.type
class AbandonedBookingOutcome(BookingOutcome):
    pass


@strawberry.interface
class BookingSessionBase:
    id: strawberry.ID
    sequence: int
    created_at: datetime
    document: strawberry.Private[Document]

    @strawberry.field
    def step_progression(self) -> StepProgression:
        progression = self.document["step_progression"]
        completed = [encode_step_id(each) for each in progression["completed_step_ids"]]
        return StepProgression(
            total_in_flow=progression["total_in_flow"],
            completed_count=progression["completed_count"],
            completed_step_ids=completed,
            furthest_step_id=encode_step_id(progression["furthest_step_id"]),
            furthest_step_index=progression["furthest_step_index"],
        )

    @strawberry.field
    def metrics(self) -> SessionMetrics:
        return SessionMetrics(**self.document["metrics"])

    @strawberry.field
    def current_state(self) -> CurrentState:
        return CurrentState.of(self.document["current_state"])

    @strawberry.field
    def booking_outcome(self) -> BookingOutcome:
        status = self.document["booking_outcome"]["status"]
        return OUTCOME_TYPES[status](status=BookingSessionStatus(status))

    @strawberry.field
    async def events(
        self, info: Info, first: int | None = None, last: int | None = None
    ) -> BookingSessionEventConnection:
        condition = {
            "booking_session_id": self.document["_id"],
            "sequence": {"$lte": self.sequence},
        }
        cursor = info.context["db"].booking_session_events.find(condition)
        page = cursor.sort("sequence", -1 if last else 1).limit(last or first or 20)
        found = await page.to_list()
        events = [BookingSessionEvent.of(event) for event in found]
        return BookingSessionEventConnection(nodes=events[::-1] if last else events)


@strawberry.type
class ActiveBookingSession(BookingSessionBase):
    pass


@strawberry.type
class CompletedBookingSession(BookingSessionBase):
    pass


@strawberry.type
class AbandonedBookingSession(BookingSessionBase):
    pass


BookingSession = Annotated[
    ActiveBookingSession | CompletedBookingSession | AbandonedBookingSession,
    strawberry.union("BookingSession"),
]
SESSION_TYPES: dict[str, Any] = {
    "active": ActiveBookingSession,
    "completed": CompletedBookingSession,
    "abandoned": AbandonedBookingSession,
}
OUTCOME_TYPES: dict[str, Any] = {
    "active": ActiveBookingOutcome,
    "completed": CompletedBookingOutcome,
    "abandoned": AbandonedBookingOutcome,
}


def to_session(session: Document | None) -> Any:
    if session is None:
        return None
    return SESSION_TYPES[session["booking_outcome"]["status"]](
        id=encode_id("BookingSession", session["_id"]),
        sequence=session["sequence"],
        created_at=session["created_at"],
        document=session,
    )


@strawberry.input
class FieldUpdatedInput:
    field: str
    value: JSON | None = None


@strawberry.input
class BookingSessionEventDataInput:
    field_updated: FieldUpdatedInput


@strawberry.input
class BookingSessionEventInput:
    client_event_id: str
    step_id: strawberry.ID
    data: BookingSessionEventDataInput


@strawberry.input
class RecordBookingSessionEventsInput:
    booking_session_id: strawberry.ID
    events: list[BookingSessionEventInput]


@strawberry.type
class BookingSessionEventResult:
    client_event_id: str
    status: BookingSessionEventStatus
    event: BookingSessionEvent

    @classmethod
    def of(cls, result: Document) -> "BookingSessionEventResult":
        return cls(
            client_event_id=result["client_event_id"],
            status=BookingSessionEventStatus(result["status"]),
            event=BookingSessionEvent.of(result["event"]),
        )


@strawberry.type
class UserError:
    code: str
    message: str
    path: list[str] | None


@strawberry.type
class RecordBookingSessionEventsPayload:
    booking_session: BookingSession | None
    results: list[BookingSessionEventResult]
    user_errors: list[UserError]
