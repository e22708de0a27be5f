"""The state of a session as clients read it."""

from datetime import datetime

import strawberry

from app.api.booking_questions.types import load_service
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.scalars import JSON
from app.api.service_selection.types import to_ids
from app.api.timeslots.types import Timeslot
from app.domain.booking_session import state as domain
from app.domain.values import EntityId
from app.loaders.base import OwnedId, owned


def step_ids(ids: tuple[EntityId, ...]) -> list[strawberry.ID]:
    """Return the global ids of steps."""
    return [encode_id(EntityType.BOOKING_FLOW_STEP, step_id) for step_id in ids]


@strawberry.type(description="How far a customer came.")
class StepProgression:
    total_in_flow: int = strawberry.field(description="The number of steps of the flow.")
    completed_count: int = strawberry.field(description="How many of them are completed.")
    completed_step_ids: list[strawberry.ID] = strawberry.field(
        description="Which of them, in the order of the flow."
    )
    furthest_step_id: strawberry.ID = strawberry.field(description="The furthest step entered.")
    furthest_step_index: int = strawberry.field(description="Its position, from 0.")

    @classmethod
    def from_domain(cls, progression: domain.StepProgression) -> "StepProgression":
        """Return the progression in the schema's type."""
        return cls(
            total_in_flow=progression.total_in_flow,
            completed_count=progression.completed_count,
            completed_step_ids=step_ids(progression.completed_step_ids),
            furthest_step_id=encode_id(EntityType.BOOKING_FLOW_STEP, progression.furthest_step_id),
            furthest_step_index=progression.furthest_step_index,
        )


@strawberry.type(description="Counts of a session.")
class SessionMetrics:
    duration_ms: int = strawberry.field(
        description="From the first event to the last, in milliseconds."
    )
    event_count: int = strawberry.field(description="All events; equals `sequence`.")
    back_navigation_count: int = strawberry.field(description="How often the customer went back.")
    validation_error_count: int = strawberry.field(description="Errors shown to the customer.")
    field_update_count: int = strawberry.field(description="Changes of form fields.")


@strawberry.type(description="Where a customer has been.")
class NavigationState:
    visited_step_ids: list[strawberry.ID] = strawberry.field(
        description="The steps visited, in order, up to the current one; "
        "of more than 1,000 visits the first and the newest."
    )
    can_go_back: bool = strawberry.field(description="Whether there is a step before.")


@strawberry.type(description="What is chosen but not yet booked.")
class TempSelections:
    timeslot: Timeslot | None = strawberry.field(description="The time chosen.")
    service_id: strawberry.Private[OwnedId | None] = None

    @strawberry.field(description="The service chosen.")
    def service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)


@strawberry.type(description="Where a customer is.")
class CurrentState:
    step_id: strawberry.ID = strawberry.field(description="The current step.")
    form_data: JSON = strawberry.field(description="Form values by step id, then by field key.")
    navigation_state: NavigationState = strawberry.field(description="Where the customer was.")
    service_selection_path: list[strawberry.ID] = strawberry.field(
        description="The graph nodes passed, from the root on."
    )
    last_event_id: strawberry.ID = strawberry.field(description="The newest event.")
    last_activity_at: datetime = strawberry.field(description="When it was recorded.")
    temp_selections: TempSelections | None = strawberry.field(
        description="What is chosen but not booked; null once the session is closed."
    )

    @classmethod
    def from_domain(
        cls, state: domain.CurrentState, *, organization_id: EntityId
    ) -> "CurrentState":
        """Return the state in the schema's type; form data is keyed by global step ids."""
        form_data = {
            encode_id(EntityType.BOOKING_FLOW_STEP, step_id): values
            for step_id, values in state.form_data.items()
        }
        selections = state.temp_selections
        navigation = state.navigation_state
        return cls(
            step_id=encode_id(EntityType.BOOKING_FLOW_STEP, state.step_id),
            form_data=JSON(form_data),
            navigation_state=NavigationState(
                visited_step_ids=step_ids(navigation.visited_step_ids),
                can_go_back=navigation.can_go_back,
            ),
            service_selection_path=to_ids(state.service_selection_path),
            last_event_id=encode_id(EntityType.BOOKING_SESSION_EVENT, state.last_event_id),
            last_activity_at=state.last_activity_at,
            temp_selections=None
            if selections is None
            else TempSelections(
                service_id=owned(organization_id, selections.service_id),
                timeslot=to_timeslot(selections.timeslot),
            ),
        )


def to_timeslot(timeslot: domain.SelectedTimeslot | None) -> Timeslot | None:
    """Return the slot in the schema's type, or None where none is chosen."""
    if timeslot is None:
        return None
    return Timeslot(start_time=timeslot.start_time, end_time=timeslot.end_time)
