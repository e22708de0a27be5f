"""What changed between two states of a session, as clients read it."""

from typing import Any

import strawberry

from app.api.booking_sessions.state_types import step_ids
from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.scalars import JSON, serialize_datetime
from app.domain.booking_session import state as domain
from app.domain.booking_session.differences import Change


@strawberry.type(description="One value of a session's state that is not what it was.")
class BookingSessionChange:
    path: list[str] = strawberry.field(
        description="Where the value is, from the session down, in the names of this schema."
    )
    before: JSON | None = strawberry.field(description="What it was; null when it was not there.")
    after: JSON | None = strawberry.field(description="What it is; null when it is gone.")

    @classmethod
    def from_domain(cls, change: Change) -> "BookingSessionChange":
        """Return the change in the schema's type."""
        return cls(path=list(change.path), before=JSON(change.before), after=JSON(change.after))


def state_tree(state: domain.SessionState) -> dict[str, Any]:
    """Return what clients can read of a state, as plain JSON in the schema's names.

    A service stands as its id. What every event changes (the newest event and its time, the counts
    of all events) is left out.
    """
    return {
        "currentState": _current_state_tree(state.current_state),
        "stepProgression": _progression_tree(state.step_progression),
        "metrics": {
            "backNavigationCount": state.metrics.back_navigation_count,
            "validationErrorCount": state.metrics.validation_error_count,
            "fieldUpdateCount": state.metrics.field_update_count,
        },
        "bookingOutcome": _outcome_tree(state.booking_outcome),
    }


def _current_state_tree(state: domain.CurrentState) -> dict[str, Any]:
    selections = state.temp_selections
    return {
        "stepId": encode_id(EntityType.BOOKING_FLOW_STEP, state.step_id),
        "formData": {
            encode_id(EntityType.BOOKING_FLOW_STEP, step_id): values
            for step_id, values in state.form_data.items()
        },
        "navigationState": {
            "visitedStepIds": step_ids(state.navigation_state.visited_step_ids),
            "canGoBack": state.navigation_state.can_go_back,
        },
        "serviceSelectionPath": list(state.service_selection_path),
        "tempSelections": None
        if selections is None
        else _selection_tree(selections.service_id, selections.timeslot),
    }


def _progression_tree(progression: domain.StepProgression) -> dict[str, Any]:
    return {
        "completedCount": progression.completed_count,
        "completedStepIds": step_ids(progression.completed_step_ids),
        "furthestStepId": encode_id(EntityType.BOOKING_FLOW_STEP, progression.furthest_step_id),
        "furthestStepIndex": progression.furthest_step_index,
    }


def _outcome_tree(outcome: domain.BookingOutcome) -> dict[str, Any]:
    tree: dict[str, Any] = {"status": outcome.status.name}
    match outcome:
        case domain.CompletedOutcome():
            tree["completedAt"] = serialize_datetime(outcome.completed_at)
            tree["bookingId"] = encode_id(EntityType.BOOKING, outcome.booking_id)
        case domain.AbandonedOutcome():
            tree["abandonedAt"] = serialize_datetime(outcome.abandoned_at)
            tree["reason"] = outcome.reason.name
            tree["dropOffStepId"] = encode_id(
                EntityType.BOOKING_FLOW_STEP, outcome.drop_off_step_id
            )
        case domain.ActiveOutcome():
            return tree
    selected = _selection_tree(outcome.selected_service_id, outcome.selected_timeslot)
    return tree | {"selectedService": selected["service"], "selectedTimeslot": selected["timeslot"]}


def _selection_tree(
    service_id: str | None, timeslot: domain.SelectedTimeslot | None
) -> dict[str, Any]:
    return {
        "service": encode_optional_id(EntityType.BOOKING_SERVICE, service_id),
        "timeslot": None
        if timeslot is None
        else {
            "startTime": serialize_datetime(timeslot.start_time),
            "endTime": serialize_datetime(timeslot.end_time),
        },
    }
