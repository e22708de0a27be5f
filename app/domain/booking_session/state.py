"""The state of a booking session, nested as it is stored and as clients read it."""

from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, TypeAdapter
from typing_extensions import TypeIs

from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.event_types import AbandonmentReason, FormValues
from app.domain.instants import Instant
from app.domain.service_selection.graph import GraphElementId
from app.domain.values import EntityId, Value

FormData: TypeAlias = dict[EntityId, FormValues]
"""Form values by step id."""


class BookingSessionStatus(StrEnum):
    """Whether a session is going on, led to a booking, or ended without one."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class SelectedTimeslot(Value):
    """The visit window chosen, half-open, in UTC."""

    start_time: Instant
    end_time: Instant


class StepProgression(Value):
    """How far the customer came.

    `completed_step_ids` are in the order of the flow, with their positions from 0 beside them. A
    step leaves them when it is no longer complete; the furthest step entered never moves back.
    """

    total_in_flow: int
    completed_count: int = 0
    completed_step_ids: tuple[EntityId, ...] = ()
    completed_step_indexes: tuple[int, ...] = ()
    furthest_step_id: EntityId
    furthest_step_index: int = 0


class SessionMetrics(Value):
    """Counts of a session; `duration_ms` is from its first event to its last."""

    duration_ms: int = 0
    event_count: int
    back_navigation_count: int = 0
    validation_error_count: int = 0
    field_update_count: int = 0


MAX_VISITS_KEPT = 1_000
"""A snapshot is written with every batch, so it must not grow with the events of its session."""


class NavigationState(Value):
    """The steps visited, in order; going back is possible once there are two.

    Of more visits than `MAX_VISITS_KEPT` the first and the newest are kept.
    """

    visited_step_ids: tuple[EntityId, ...]
    can_go_back: bool = False


class TempSelections(Value):
    """What is chosen but not yet booked."""

    service_id: EntityId | None = None
    timeslot: SelectedTimeslot | None = None


class CurrentState(Value):
    """Where the customer is; `temp_selections` is None once the session is closed."""

    step_id: EntityId
    form_data: FormData = {}
    navigation_state: NavigationState
    service_selection_path: tuple[GraphElementId, ...] = ()
    service_node_id: GraphElementId | None = None
    is_service_selection_complete: bool = False
    last_event_id: EntityId
    last_activity_at: Instant
    last_occurred_at: Instant
    temp_selections: TempSelections | None = None


class ActiveOutcome(Value):
    """Nothing is decided yet."""

    status: Literal[BookingSessionStatus.ACTIVE] = BookingSessionStatus.ACTIVE


class CompletedOutcome(Value):
    """A booking was made; the timeslot is None only in a flow that asks for none."""

    status: Literal[BookingSessionStatus.COMPLETED] = BookingSessionStatus.COMPLETED
    completed_at: Instant
    booking_id: EntityId
    selected_service_id: EntityId
    selected_timeslot: SelectedTimeslot | None = None


class AbandonedOutcome(Value):
    """The session ended at `drop_off_step_id`, with what had been chosen by then."""

    status: Literal[BookingSessionStatus.ABANDONED] = BookingSessionStatus.ABANDONED
    abandoned_at: Instant
    reason: AbandonmentReason
    drop_off_step_id: EntityId
    selected_service_id: EntityId | None = None
    selected_timeslot: SelectedTimeslot | None = None


BookingOutcome: TypeAlias = Annotated[
    ActiveOutcome | CompletedOutcome | AbandonedOutcome, Field(discriminator="status")
]


class SessionStateBase(Value):
    """What sessions of every status have; `sequence` is that of the last event reflected."""

    sequence: int
    booking_flow_id: EntityId
    revision: int
    started_at: Instant
    session_context: SessionContext
    resumed_from_session_id: EntityId | None = None
    step_progression: StepProgression
    metrics: SessionMetrics
    current_state: CurrentState


class ActiveSession(SessionStateBase):
    """A session that takes events."""

    booking_outcome: ActiveOutcome = ActiveOutcome()


class CompletedSession(SessionStateBase):
    """A session that led to a booking."""

    booking_outcome: CompletedOutcome


class AbandonedSession(SessionStateBase):
    """A session that ended without a booking."""

    booking_outcome: AbandonedOutcome


def _status_of(session: Any) -> str | None:
    if isinstance(session, SessionStateBase):
        outcome: Any = getattr(session, "booking_outcome", None)
        return str(outcome.status)
    outcome = session.get("booking_outcome") if isinstance(session, dict) else None
    if isinstance(outcome, dict):
        return outcome.get("status")
    return getattr(outcome, "status", None)


SessionState: TypeAlias = Annotated[
    Annotated[ActiveSession, Tag("active")]
    | Annotated[CompletedSession, Tag("completed")]
    | Annotated[AbandonedSession, Tag("abandoned")],
    Discriminator(_status_of),
]

SESSION_STATE_ADAPTER: TypeAdapter[ActiveSession | CompletedSession | AbandonedSession] = (
    TypeAdapter(SessionState)
)


def is_active(session: SessionState) -> TypeIs[ActiveSession]:
    """Whether the session still takes events."""
    return session.booking_outcome.status is BookingSessionStatus.ACTIVE


def is_completed(session: SessionState) -> TypeIs[CompletedSession]:
    """Whether the session led to a booking."""
    return session.booking_outcome.status is BookingSessionStatus.COMPLETED


def is_abandoned(session: SessionState) -> TypeIs[AbandonedSession]:
    """Whether the session ended without a booking."""
    return session.booking_outcome.status is BookingSessionStatus.ABANDONED
