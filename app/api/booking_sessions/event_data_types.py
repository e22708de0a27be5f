"""What events say, as clients read it: one type per kind of event data."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from app.api.booking_sessions.context_types import SessionContext
from app.api.booking_sessions.enums import AbandonmentReason
from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.scalars import JSON
from app.api.service_selection.types import to_ids
from app.domain.booking_session import event_types as domain
from app.domain.booking_session.events import BookingSessionEvent


@strawberry.type(description="SESSION_STARTED: the flow, and where the customer comes from.")
class SessionStartEventData:
    session_context: SessionContext = strawberry.field(description="Where the session comes from.")
    first_step_id: strawberry.ID = strawberry.field(description="The flow's first step.")
    total_in_flow: int = strawberry.field(description="The number of steps of the flow.")
    resumed_from_session_id: strawberry.ID | None = strawberry.field(
        description="The abandoned session it continues, if it does."
    )


@strawberry.type(description="STEP_ENTERED and NAVIGATION_BACK: from where to where.")
class StepNavigationEventData:
    from_step_id: strawberry.ID | None = strawberry.field(
        description="The step left; null when the client did not say."
    )
    to_step_id: strawberry.ID = strawberry.field(description="The step come to.")


@strawberry.type(description="STEP_COMPLETED: the form of the step.")
class StepCompletionEventData:
    form_data: JSON = strawberry.field(description="All values of the step's form by field key.")


@strawberry.type(description="FIELD_UPDATED: the new value of a field, not yet validated.")
class FieldUpdateEventData:
    field: str = strawberry.field(description="The field's key.")
    value: JSON | None = strawberry.field(description="Its new value.")


@strawberry.type(description="VALIDATION_ERROR: what the customer was told about a field.")
class ValidationErrorEventData:
    field: str = strawberry.field(description="The field's key.")
    message: str = strawberry.field(description="What the customer read.")


@strawberry.type(description="QUESTION_ANSWERED: the answer chosen, and the path it led to.")
class QuestionAnswerEventData:
    question_node_id: strawberry.ID = strawberry.field(description="The question's graph node.")
    answer_node_id: strawberry.ID = strawberry.field(description="The answer's graph node.")
    path: list[strawberry.ID] = strawberry.field(
        description="The graph nodes passed from the root on, after this answer."
    )


@strawberry.type(description="SERVICE_SELECTED: the service chosen, and the path it led to.")
class ServiceSelectionEventData:
    node_id: strawberry.ID = strawberry.field(description="The service's graph node.")
    path: list[strawberry.ID] = strawberry.field(
        description="The graph nodes passed from the root on, after this choice."
    )


@strawberry.type(description="TIMESLOT_SELECTED: the visit window asked for.")
class TimeslotSelectionEventData:
    start_time: datetime = strawberry.field(description="When it begins.")
    end_time: datetime = strawberry.field(description="When it ends, exclusive.")


@strawberry.type(description="SESSION_ABANDONED: why.")
class SessionAbandonmentEventData:
    reason: AbandonmentReason = strawberry.field(description="Why the session ended.")


@strawberry.type(description="SESSION_COMPLETED: the booking made of the session.")
class SessionCompletionEventData:
    booking_id: strawberry.ID = strawberry.field(description="The booking.")
    confirmation_code: str = strawberry.field(
        description="What the customer names on the telephone."
    )


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

BookingSessionEventData: TypeAlias = Annotated[
    AnyEventData,
    strawberry.union("BookingSessionEventData", description="What an event says, by its kind."),
]


def to_event_data(event: BookingSessionEvent) -> AnyEventData:
    """Return what an event says in the schema's type for its kind."""
    match event.data:
        case domain.SessionStartEventData() as start:
            return _to_session_start(start)
        case domain.StepNavigationEventData() as navigation:
            return StepNavigationEventData(
                from_step_id=encode_optional_id(
                    EntityType.BOOKING_FLOW_STEP, navigation.from_step_id
                ),
                to_step_id=encode_id(EntityType.BOOKING_FLOW_STEP, navigation.to_step_id),
            )
        case domain.StepCompletionEventData(form_data=form_data):
            return StepCompletionEventData(form_data=JSON(form_data))
        case domain.FieldUpdateEventData(field=field, value=value):
            return FieldUpdateEventData(field=field, value=JSON(value))
        case domain.ValidationErrorEventData(field=field, message=message):
            return ValidationErrorEventData(field=field, message=message)
        case domain.QuestionAnswerEventData() as answer:
            return QuestionAnswerEventData(
                question_node_id=strawberry.ID(answer.question_node_id),
                answer_node_id=strawberry.ID(answer.answer_node_id),
                path=to_ids(answer.path),
            )
        case domain.ServiceSelectionEventData() as selection:
            return ServiceSelectionEventData(
                node_id=strawberry.ID(selection.node_id), path=to_ids(selection.path)
            )
        case domain.TimeslotSelectionEventData(start_time=start_time, end_time=end_time):
            return TimeslotSelectionEventData(start_time=start_time, end_time=end_time)
        case domain.SessionAbandonmentEventData(reason=reason):
            return SessionAbandonmentEventData(reason=reason)
        case domain.SessionCompletionEventData() as completion:
            return SessionCompletionEventData(
                booking_id=encode_id(EntityType.BOOKING, completion.booking_id),
                confirmation_code=completion.confirmation_code,
            )


def _to_session_start(start: domain.SessionStartEventData) -> SessionStartEventData:
    recovered = start.recovered
    return SessionStartEventData(
        session_context=SessionContext.from_domain(start.session_context),
        first_step_id=encode_id(EntityType.BOOKING_FLOW_STEP, start.first_step_id),
        total_in_flow=start.total_in_flow,
        resumed_from_session_id=encode_optional_id(
            EntityType.BOOKING_SESSION, recovered.booking_session_id if recovered else None
        ),
    )
