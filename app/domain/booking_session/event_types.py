"""What events say: one frozen value per kind of event data.

The data is complete in itself: whatever a state needs to move on (indexes of steps, the whole path,
the service on it) was decided when the event was accepted and is stored with it. So old events mean
the same for ever, and a state follows from events alone, without the flow they happened on.
"""

from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import JsonValue, ValidationInfo, WrapValidator

from app.domain.booking_session.context import SessionContext
from app.domain.instants import Instant
from app.domain.service_selection.graph import GraphElementId
from app.domain.values import EntityId, Value

FormValues: TypeAlias = dict[str, JsonValue]
"""The values of one step's form by field key."""


class BookingSessionEventType(StrEnum):
    """What happened."""

    SESSION_STARTED = "session_started"
    STEP_ENTERED = "step_entered"
    STEP_COMPLETED = "step_completed"
    FIELD_UPDATED = "field_updated"
    VALIDATION_ERROR = "validation_error"
    QUESTION_ANSWERED = "question_answered"
    SERVICE_SELECTED = "service_selected"
    NAVIGATION_BACK = "navigation_back"
    TIMESLOT_SELECTED = "timeslot_selected"
    SESSION_ABANDONED = "session_abandoned"
    SESSION_COMPLETED = "session_completed"


class AbandonmentReason(StrEnum):
    """Why a session ended without a booking."""

    CUSTOMER = "customer"
    PAGE_CLOSED = "page_closed"
    TIMEOUT = "timeout"
    ERASURE = "erasure"


class ServicePath(Value):
    """The way through the service-selection graph, and the one service met on it, if any."""

    path: tuple[GraphElementId, ...] = ()
    service_node_id: GraphElementId | None = None
    service_id: EntityId | None = None
    is_complete: bool = False


class RecoveredProgress(ServicePath):
    """What a session takes over from the abandoned one its customer returns to."""

    booking_session_id: EntityId
    form_data: dict[EntityId, FormValues] = {}


class SessionStartEventData(Value):
    """SESSION_STARTED: the pinned revision, its extent, and where the customer comes from."""

    booking_flow_id: EntityId
    revision: int
    first_step_id: EntityId
    total_in_flow: int
    session_context: SessionContext
    recovered: RecoveredProgress | None = None


class StepNavigationEventData(Value):
    """STEP_ENTERED and NAVIGATION_BACK; `step_index` is the position of `to_step_id` from 0."""

    from_step_id: EntityId | None = None
    to_step_id: EntityId
    step_index: int


class StepCompletionEventData(Value):
    """STEP_COMPLETED: the whole validated form of the step, at position `step_index` from 0."""

    form_data: FormValues = {}
    step_index: int


class FieldUpdateEventData(Value):
    """FIELD_UPDATED: the new value of one field, not yet validated."""

    field: str
    value: JsonValue


class ValidationErrorEventData(Value):
    """VALIDATION_ERROR: what the widget told the customer about a field."""

    field: str
    message: str


class QuestionAnswerEventData(ServicePath):
    """QUESTION_ANSWERED: the answer, and the whole path that results."""

    question_node_id: GraphElementId
    answer_node_id: GraphElementId


class ServiceSelectionEventData(ServicePath):
    """SERVICE_SELECTED: the service node chosen directly, and the whole path that results."""

    node_id: GraphElementId


class TimeslotSelectionEventData(Value):
    """TIMESLOT_SELECTED: the visit window asked for."""

    start_time: Instant
    end_time: Instant


class SessionAbandonmentEventData(Value):
    """SESSION_ABANDONED: why."""

    reason: AbandonmentReason


class SessionCompletionEventData(Value):
    """SESSION_COMPLETED: the booking made of the session."""

    booking_id: EntityId
    confirmation_code: str


AnyEventData: TypeAlias = (
    SessionStartEventData
    | StepNavigationEventData
    | StepCompletionEventData
    | FieldUpdateEventData
    | ValidationErrorEventData
    | QuestionAnswerEventData
    | ServiceSelectionEventData
    | TimeslotSelectionEventData
    | SessionAbandonmentEventData
    | SessionCompletionEventData
)

DATA_TYPES: dict[BookingSessionEventType, type[AnyEventData]] = {
    BookingSessionEventType.SESSION_STARTED: SessionStartEventData,
    BookingSessionEventType.STEP_ENTERED: StepNavigationEventData,
    BookingSessionEventType.STEP_COMPLETED: StepCompletionEventData,
    BookingSessionEventType.FIELD_UPDATED: FieldUpdateEventData,
    BookingSessionEventType.VALIDATION_ERROR: ValidationErrorEventData,
    BookingSessionEventType.QUESTION_ANSWERED: QuestionAnswerEventData,
    BookingSessionEventType.SERVICE_SELECTED: ServiceSelectionEventData,
    BookingSessionEventType.NAVIGATION_BACK: StepNavigationEventData,
    BookingSessionEventType.TIMESLOT_SELECTED: TimeslotSelectionEventData,
    BookingSessionEventType.SESSION_ABANDONED: SessionAbandonmentEventData,
    BookingSessionEventType.SESSION_COMPLETED: SessionCompletionEventData,
}


def _read_by_event_type(data: Any, _try_each: Any, info: ValidationInfo) -> AnyEventData:
    # Trying each member of the union in turn would be slow, and ambiguous.
    event_type = info.data.get("event_type")
    if event_type is None:
        raise ValueError("the event type says how to read the data, and it is not valid")
    data_type = DATA_TYPES[event_type]
    return data if type(data) is data_type else data_type.model_validate(data)


BookingSessionEventData: TypeAlias = Annotated[AnyEventData, WrapValidator(_read_by_event_type)]
"""The data of an event, told apart by the field `event_type` declared before it."""
