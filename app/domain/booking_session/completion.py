"""What must hold before a session leads to a booking."""

from collections.abc import Iterator

from app.domain.booking_flow.steps import BookingFlowStep, SummaryStep
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.decide import SESSION_CLOSED
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.event_types import (
    BookingSessionEventType,
    SessionCompletionEventData,
)
from app.domain.booking_session.forms import find_form_problems
from app.domain.booking_session.lifecycle import close_session
from app.domain.booking_session.state import ActiveSession, SessionState, is_active
from app.domain.problems import Problem, ProblemCode
from app.domain.timeslots import find_offered_timeslot
from app.domain.values import EntityId


def decide_completion(
    state: SessionState,
    *,
    given: Circumstances,
    booking_id: EntityId,
    confirmation_code: str,
    event_id: EntityId,
) -> Decision | tuple[Problem, ...]:
    """Return the end of a session with a booking, or everything that still stands in its way.

    Whether the timeslot has room is not judged here: only the database can tell at the moment the
    slot is taken.
    """
    if not is_active(state):
        return (SESSION_CLOSED,)
    problems = find_completion_problems(state, given=given)
    return problems or close_session(
        state,
        event_type=BookingSessionEventType.SESSION_COMPLETED,
        data=SessionCompletionEventData(booking_id=booking_id, confirmation_code=confirmation_code),
        event_id=event_id,
        now=given.now,
    )


def find_completion_problems(state: ActiveSession, *, given: Circumstances) -> tuple[Problem, ...]:
    """Return everything that stands in the way of booking; empty means nothing does.

    INCOMPLETE_STEPS names the steps. Forms of completed steps are validated again, since fields may
    have changed after; the input has no place for those problems, so that messages name the step.
    """
    return (
        *_find_incomplete_steps(state, given),
        *_find_selection_problems(state, given),
        *_find_form_problems(state, given),
    )


def _find_incomplete_steps(state: ActiveSession, given: Circumstances) -> Iterator[Problem]:
    completed = state.step_progression.completed_step_ids
    missing = [
        step
        for step in given.flow.flow.steps
        if step.id not in completed and _must_be_completed(step)
    ]
    if missing:
        names = ", ".join(f"“{step.step_config.title}”" for step in missing)
        yield Problem(
            code=ProblemCode.INCOMPLETE_STEPS,
            message=f"These steps are not completed: {names}.",
            path=("booking_session_id",),
        )


def _must_be_completed(step: BookingFlowStep) -> bool:
    return not isinstance(step, SummaryStep) or step.type_config.require_consent


def _find_selection_problems(state: ActiveSession, given: Circumstances) -> Iterator[Problem]:
    current = state.current_state
    selections = current.temp_selections
    if selections is None or selections.service_id is None:
        yield _problem(ProblemCode.SERVICE_NOT_SELECTED, "No service is selected.")
    elif not current.is_service_selection_complete:
        yield _problem(ProblemCode.SERVICE_NOT_SELECTED, "A question is still to be answered.")
    step = given.flow.timeslot_step
    if step is None:
        return
    timeslot = selections.timeslot if selections else None
    if timeslot is None:
        yield _problem(ProblemCode.TIMESLOT_NOT_SELECTED, "No time is selected.")
    elif not find_offered_timeslot(
        step.type_config,
        start_time=timeslot.start_time,
        end_time=timeslot.end_time,
        now=given.now,
    ):
        yield _problem(ProblemCode.TIMESLOT_UNAVAILABLE, "The time is not offered any more.")


def _find_form_problems(state: ActiveSession, given: Circumstances) -> Iterator[Problem]:
    for step_id in state.step_progression.completed_step_ids:
        step = given.flow.steps[step_id].step
        form_data = state.current_state.form_data.get(step_id, {})
        for problem in find_form_problems(step, form_data, checks=given.checks):
            yield _problem(problem.code, f"“{step.step_config.title}”: {problem.message}")


def _problem(code: ProblemCode, message: str) -> Problem:
    return Problem(code=code, message=message, path=("booking_session_id",))
