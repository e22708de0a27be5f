"""What a widget sends of a session."""

from datetime import datetime
from typing import ClassVar

import strawberry

from app.api.booking_flow_routers.inputs import RoutingContextInput
from app.api.booking_sessions.enums import AbandonmentReason, DeviceType
from app.api.ids import EntityType
from app.api.inputs import may_refer_to, refers_to
from app.api.scalars import JSON

STEP = may_refer_to(EntityType.BOOKING_FLOW_STEP)
SESSION = refers_to(EntityType.BOOKING_SESSION)


@strawberry.input(description="The customer's device.")
class DeviceInput:
    type: DeviceType = strawberry.field(default=DeviceType.UNKNOWN, description="Its kind.")
    browser: str | None = strawberry.field(default=strawberry.UNSET, description="Its browser.")
    os: str | None = strawberry.field(default=strawberry.UNSET, description="Its operating system.")


@strawberry.input(description="What a widget knows of the customer.")
class SessionContextInput:
    device: DeviceInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer's device."
    )
    locale: str | None = strawberry.field(
        default=strawberry.UNSET, description="The customer's language, as `en-US`."
    )


@strawberry.input(description="A request for a session.")
class StartBookingSessionInput:
    publishable_key: str = strawberry.field(description="The widget's key.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The same key gives the same session, however often it is sent.",
    )
    context: RoutingContextInput = strawberry.field(description="The page the widget is on.")
    session_context: SessionContextInput | None = strawberry.field(
        default=strawberry.UNSET, description="What the widget knows of the customer."
    )
    resumed_from_session_token: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "The token of an abandoned session whose customer returns. The new session takes over "
            "its form data and its path, as far as the flow still has them."
        ),
    )


@strawberry.input(description="The customer comes to the step.")
class StepEnteredInput:
    from_step_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The step left.", metadata=STEP
    )


@strawberry.input(description="The customer is done with the step.")
class StepCompletedInput:
    form_data: JSON | None = strawberry.field(
        default=strawberry.UNSET,
        description="Values by field key; they add to those of field updates.",
    )


@strawberry.input(description="The customer changed a field of the step.")
class FieldUpdatedInput:
    field: str = strawberry.field(description="The field's key.")
    value: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="The new value, not yet validated."
    )


@strawberry.input(description="The widget showed an error at a field.")
class ValidationErrorInput:
    field: str = strawberry.field(description="The field's key.")
    message: str = strawberry.field(description="What the customer read.")


@strawberry.input(description="The customer chose an answer, or a service offered as one.")
class QuestionAnsweredInput:
    question_node_id: strawberry.ID = strawberry.field(description="The question's node.")
    answer_node_id: strawberry.ID = strawberry.field(description="The node chosen.")


@strawberry.input(description="The customer chose a service offered by a question.")
class ServiceSelectedInput:
    node_id: strawberry.ID = strawberry.field(description="The service's node.")


@strawberry.input(description="The customer returns to a step visited before.")
class NavigationBackInput:
    to_step_id: strawberry.ID = strawberry.field(description="That step.", metadata=STEP)


@strawberry.input(description="The customer chose a time.")
class TimeslotSelectedInput:
    start_time: datetime = strawberry.field(description="When the window begins.")
    end_time: datetime = strawberry.field(description="When it ends.")


@strawberry.input(one_of=True, description="What happened: exactly one kind.")
class BookingSessionEventDataInput:
    __discriminator__: ClassVar[str] = "event_type"

    step_entered: StepEnteredInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer comes to the step."
    )
    step_completed: StepCompletedInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer is done with the step."
    )
    field_updated: FieldUpdatedInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer changed a field."
    )
    validation_error: ValidationErrorInput | None = strawberry.field(
        default=strawberry.UNSET, description="The widget showed an error."
    )
    question_answered: QuestionAnsweredInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer chose an answer."
    )
    service_selected: ServiceSelectedInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer chose a service."
    )
    navigation_back: NavigationBackInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer returns to a step."
    )
    timeslot_selected: TimeslotSelectedInput | None = strawberry.field(
        default=strawberry.UNSET, description="The customer chose a time."
    )


@strawberry.input(description="An event to record.")
class BookingSessionEventInput:
    client_event_id: str = strawberry.field(
        description="Chosen by the client, unique in the session for ever."
    )
    step_id: strawberry.ID = strawberry.field(description="The step it happened on.", metadata=STEP)
    client_timestamp: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="When it happened by the client's clock."
    )
    data: BookingSessionEventDataInput = strawberry.field(description="What happened.")


@strawberry.input(description="A batch of 1 to 100 events; all are stored or none.")
class RecordBookingSessionEventsInput:
    booking_session_id: strawberry.ID = strawberry.field(
        description="The session.", metadata=SESSION
    )
    expected_sequence: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The sequence the client has seen; refused when the session moved on.",
    )
    events: list[BookingSessionEventInput] = strawberry.field(description="The events, in order.")


@strawberry.input(description="A request to book.")
class CompleteBookingSessionInput:
    booking_session_id: strawberry.ID = strawberry.field(
        description="The session.", metadata=SESSION
    )
    idempotency_key: str = strawberry.field(
        description="The same key gives the same booking, however often it is sent."
    )


@strawberry.input(description="A customer gives up.")
class AbandonBookingSessionInput:
    booking_session_id: strawberry.ID = strawberry.field(
        description="The session.", metadata=SESSION
    )
    reason: AbandonmentReason = strawberry.field(
        default=AbandonmentReason.CUSTOMER,
        description="Why; ERASURE is the server's own to give.",
    )
