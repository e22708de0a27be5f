"""From the working memory to the frozen state and back."""

from datetime import timedelta
from typing import Any, assert_never

from app.domain.booking_session.fold import SessionFold
from app.domain.booking_session.state import (
    AbandonedOutcome,
    AbandonedSession,
    ActiveOutcome,
    ActiveSession,
    CompletedOutcome,
    CompletedSession,
    CurrentState,
    NavigationState,
    SessionMetrics,
    SessionState,
    StepProgression,
    TempSelections,
)

MILLISECOND = timedelta(milliseconds=1)


def thaw(state: SessionState) -> SessionFold:
    """Return a fold that stands where `state` does."""
    progression, metrics, current = state.step_progression, state.metrics, state.current_state
    selections = current.temp_selections or TempSelections()
    return SessionFold(
        booking_flow_id=state.booking_flow_id,
        revision=state.revision,
        started_at=state.started_at,
        session_context=state.session_context,
        resumed_from_session_id=state.resumed_from_session_id,
        total_in_flow=progression.total_in_flow,
        completed_step_ids=list(progression.completed_step_ids),
        completed_step_indexes=list(progression.completed_step_indexes),
        furthest_step_id=progression.furthest_step_id,
        furthest_step_index=progression.furthest_step_index,
        back_navigation_count=metrics.back_navigation_count,
        validation_error_count=metrics.validation_error_count,
        field_update_count=metrics.field_update_count,
        step_id=current.step_id,
        form_data=dict(current.form_data),
        visited_step_ids=list(current.navigation_state.visited_step_ids),
        service_selection_path=current.service_selection_path,
        service_node_id=current.service_node_id,
        is_service_selection_complete=current.is_service_selection_complete,
        service_id=selections.service_id,
        timeslot=selections.timeslot,
        sequence=state.sequence,
        last_event_id=current.last_event_id,
        last_activity_at=current.last_activity_at,
        last_occurred_at=current.last_occurred_at,
        booking_outcome=state.booking_outcome,
    )


def freeze(fold: SessionFold) -> SessionState:
    """Return the state `fold` has reached, of the type its outcome says."""
    common: dict[str, Any] = {
        "sequence": fold.sequence,
        "booking_flow_id": fold.booking_flow_id,
        "revision": fold.revision,
        "started_at": fold.started_at,
        "session_context": fold.session_context,
        "resumed_from_session_id": fold.resumed_from_session_id,
        "step_progression": _progression_of(fold),
        "metrics": _metrics_of(fold),
        "current_state": _current_state_of(fold),
    }
    match fold.booking_outcome:
        case ActiveOutcome() as active:
            return ActiveSession(booking_outcome=active, **common)
        case CompletedOutcome() as completed:
            return CompletedSession(booking_outcome=completed, **common)
        case AbandonedOutcome() as abandoned:
            return AbandonedSession(booking_outcome=abandoned, **common)
        case _:
            assert_never(fold.booking_outcome)


def _progression_of(fold: SessionFold) -> StepProgression:
    return StepProgression(
        total_in_flow=fold.total_in_flow,
        completed_count=len(fold.completed_step_ids),
        completed_step_ids=tuple(fold.completed_step_ids),
        completed_step_indexes=tuple(fold.completed_step_indexes),
        furthest_step_id=fold.furthest_step_id,
        furthest_step_index=fold.furthest_step_index,
    )


def _metrics_of(fold: SessionFold) -> SessionMetrics:
    return SessionMetrics(
        duration_ms=(fold.last_activity_at - fold.started_at) // MILLISECOND,
        event_count=fold.sequence,
        back_navigation_count=fold.back_navigation_count,
        validation_error_count=fold.validation_error_count,
        field_update_count=fold.field_update_count,
    )


def _current_state_of(fold: SessionFold) -> CurrentState:
    selections = TempSelections(service_id=fold.service_id, timeslot=fold.timeslot)
    return CurrentState(
        step_id=fold.step_id,
        form_data=fold.form_data,
        navigation_state=NavigationState(
            visited_step_ids=tuple(fold.visited_step_ids),
            can_go_back=len(fold.visited_step_ids) > 1,
        ),
        service_selection_path=fold.service_selection_path,
        service_node_id=fold.service_node_id,
        is_service_selection_complete=fold.is_service_selection_complete,
        last_event_id=fold.last_event_id,
        last_activity_at=fold.last_activity_at,
        last_occurred_at=fold.last_occurred_at,
        temp_selections=None if fold.is_closed else selections,
    )
