"""What a client reports of a session: one command for each event it asks to record."""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.bounded_json import BoundedJson, require_bounded_form, require_storable_text
from app.domain.instants import Instant
from app.domain.service_selection.graph import GraphElementId
from app.domain.values import EntityId, Value

ClientEventId = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(require_storable_text)
]
FieldKey = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(require_storable_text)
]
ErrorText = Annotated[
    str, StringConstraints(max_length=1_000), AfterValidator(require_storable_text)
]
SentForm = Annotated[
    dict[FieldKey, BoundedJson],
    Field(max_length=100),
    AfterValidator(require_bounded_form),
    BeforeValidator(lambda form: {} if form is None else form),
]
"""Field values by key; null is a form without any."""


class EnterStep(Value):
    """The customer comes to the command's step."""

    event_type: Literal[BookingSessionEventType.STEP_ENTERED] = BookingSessionEventType.STEP_ENTERED
    from_step_id: EntityId | None = None


class CompleteStep(Value):
    """The customer is done with the command's step; `form_data` adds to the fields already kept."""

    event_type: Literal[BookingSessionEventType.STEP_COMPLETED] = (
        BookingSessionEventType.STEP_COMPLETED
    )
    form_data: SentForm = {}


class UpdateField(Value):
    """The customer changed one field of the command's step."""

    event_type: Literal[BookingSessionEventType.FIELD_UPDATED] = (
        BookingSessionEventType.FIELD_UPDATED
    )
    field: FieldKey
    value: BoundedJson = None


class ReportValidationError(Value):
    """The widget told the customer that a field is not right."""

    event_type: Literal[BookingSessionEventType.VALIDATION_ERROR] = (
        BookingSessionEventType.VALIDATION_ERROR
    )
    field: FieldKey
    message: ErrorText


class AnswerQuestion(Value):
    """The customer chose an answer in the service-selection graph."""

    event_type: Literal[BookingSessionEventType.QUESTION_ANSWERED] = (
        BookingSessionEventType.QUESTION_ANSWERED
    )
    question_node_id: GraphElementId
    answer_node_id: GraphElementId


class SelectService(Value):
    """The customer chose a service offered by a question itself."""

    event_type: Literal[BookingSessionEventType.SERVICE_SELECTED] = (
        BookingSessionEventType.SERVICE_SELECTED
    )
    node_id: GraphElementId


class GoBack(Value):
    """The customer returns to a step visited before."""

    event_type: Literal[BookingSessionEventType.NAVIGATION_BACK] = (
        BookingSessionEventType.NAVIGATION_BACK
    )
    to_step_id: EntityId


class SelectTimeslot(Value):
    """The customer chose a visit window."""

    event_type: Literal[BookingSessionEventType.TIMESLOT_SELECTED] = (
        BookingSessionEventType.TIMESLOT_SELECTED
    )
    start_time: Instant
    end_time: Instant


CommandData: TypeAlias = Annotated[
    EnterStep
    | CompleteStep
    | UpdateField
    | ReportValidationError
    | AnswerQuestion
    | SelectService
    | GoBack
    | SelectTimeslot,
    Field(discriminator="event_type"),
]


class SessionCommand(Value):
    """One item of a batch; `client_event_id` names it for ever within its session."""

    client_event_id: ClientEventId
    step_id: EntityId
    client_timestamp: Instant | None = None
    data: CommandData


def content_hash(command: SessionCommand) -> str:
    """Return the SHA-256, in hexadecimal, of what the client asks for: the step and the data.

    The timestamp is left out: a client that sends an event again may stamp it anew.
    """
    content = {"step_id": command.step_id, "data": command.data.model_dump()}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_moment_to_text)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _moment_to_text(moment: datetime) -> str:
    return moment.isoformat()
