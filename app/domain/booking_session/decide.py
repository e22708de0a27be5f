"""What a session allows: each command becomes the data of one event, or problems.

`decide` follows the table of the API's contract row by row. Paths of problems begin at the command:
("step_id",) or ("data", the kind of data, its field, …).
"""

from typing import assert_never

from app.domain.booking_flow.steps import ServiceSelectionStep, TimeslotSelectionStep
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.commands import (
    AnswerQuestion,
    CompleteStep,
    EnterStep,
    GoBack,
    ReportValidationError,
    SelectService,
    SelectTimeslot,
    SessionCommand,
    UpdateField,
)
from app.domain.booking_session.event_types import (
    AnyEventData,
    FieldUpdateEventData,
    StepCompletionEventData,
    StepNavigationEventData,
    TimeslotSelectionEventData,
    ValidationErrorEventData,
)
from app.domain.booking_session.flow_index import IndexedStep
from app.domain.booking_session.fold import SessionFold
from app.domain.booking_session.forms import find_form_problems
from app.domain.booking_session.service_choices import decide_answer, decide_service
from app.domain.booking_session.snapshot import thaw
from app.domain.booking_session.state import SessionState
from app.domain.problems import Problem, ProblemCode
from app.domain.timeslots import find_offered_timeslot

SESSION_CLOSED = Problem(
    code=ProblemCode.SESSION_CLOSED,
    message="The session is closed and takes no more events.",
    path=("booking_session_id",),
)


def decide(
    state: SessionState, command: SessionCommand, *, given: Circumstances
) -> AnyEventData | tuple[Problem, ...]:
    """Return the data of the event that `command` leads to, or everything wrong with it."""
    return decide_in(thaw(state), command, given)


def decide_in(
    fold: SessionFold, command: SessionCommand, given: Circumstances
) -> AnyEventData | tuple[Problem, ...]:
    """Do the same for a session in the middle of a batch; `fold` is only read."""
    if fold.is_closed:
        return (SESSION_CLOSED,)
    on = given.flow.steps.get(command.step_id)
    if on is None:
        return (step_not_in_flow("step_id"),)
    decided = _decide_data(fold, command, on, given)
    if isinstance(decided, tuple):
        kind = command.data.event_type.value
        return tuple(
            problem if problem.path[:1] == ("step_id",) else problem.under(("data", kind))
            for problem in decided
        )
    return decided


def step_not_in_flow(field: str) -> Problem:
    """Return the problem of a step, named in `field`, that the session's revision does not have."""
    return Problem(
        code=ProblemCode.STEP_NOT_IN_FLOW,
        message="The flow of this session has no such step.",
        path=(field,),
    )


def _decide_data(
    fold: SessionFold, command: SessionCommand, on: IndexedStep, given: Circumstances
) -> AnyEventData | tuple[Problem, ...]:
    match command.data:
        case EnterStep() as entry:
            return _decide_entry(fold, entry, on, given)
        case CompleteStep() as completion:
            return _decide_step_completion(fold, completion, on, given)
        case UpdateField() as update:
            return _decide_field_update(update, on)
        case ReportValidationError() as report:
            return ValidationErrorEventData(field=report.field, message=report.message)
        case AnswerQuestion() as answer:
            graph = given.flow.graphs.get(command.step_id)
            return _WRONG_STEP if graph is None else decide_answer(fold, answer, graph)
        case SelectService() as selection:
            graph = given.flow.graphs.get(command.step_id)
            return _WRONG_STEP if graph is None else decide_service(fold, selection, graph)
        case GoBack() as back:
            return _decide_back(fold, back, given)
        case SelectTimeslot() as selection:
            return _decide_timeslot(selection, on, given)
        case _:
            assert_never(command.data)


def _decide_entry(
    fold: SessionFold, entry: EnterStep, on: IndexedStep, given: Circumstances
) -> StepNavigationEventData | tuple[Problem, ...]:
    if entry.from_step_id is not None and entry.from_step_id not in given.flow.steps:
        return (step_not_in_flow("from_step_id"),)
    if on.position > fold.furthest_completed_index + 1:
        return (_step_not_reached("step_id", "A step before it is not completed."),)
    return StepNavigationEventData(
        from_step_id=entry.from_step_id, to_step_id=on.step.id, step_index=on.position
    )


def _decide_step_completion(
    fold: SessionFold, completion: CompleteStep, on: IndexedStep, given: Circumstances
) -> StepCompletionEventData | tuple[Problem, ...]:
    # Steps are entered without leaving one out, so those entered are all up to the furthest.
    if on.position > fold.furthest_step_index:
        return (_step_not_reached("step_id", "The step was never entered."),)
    merged = {**fold.values_of(on.step.id), **completion.form_data}
    problems = (
        *_find_missing_selection(fold, on),
        *(
            problem.under(("form_data",))
            for problem in find_form_problems(on.step, merged, checks=given.checks)
        ),
    )
    return problems or StepCompletionEventData(form_data=merged, step_index=on.position)


def _find_missing_selection(fold: SessionFold, on: IndexedStep) -> tuple[Problem, ...]:
    match on.step:
        case ServiceSelectionStep() if not fold.is_service_selection_complete:
            code, message = ProblemCode.SERVICE_NOT_SELECTED, "No service is selected yet."
        case TimeslotSelectionStep() if fold.timeslot is None:
            code, message = ProblemCode.TIMESLOT_NOT_SELECTED, "No time is selected yet."
        case _:
            return ()
    return (Problem(code=code, message=message, path=("step_id",)),)


def _decide_field_update(
    update: UpdateField, on: IndexedStep
) -> FieldUpdateEventData | tuple[Problem, ...]:
    if update.field not in on.form_keys:
        message = "This step has no such field."
        return (Problem(code=ProblemCode.INVALID, message=message, path=("field",)),)
    return FieldUpdateEventData(field=update.field, value=update.value)


def _decide_back(
    fold: SessionFold, back: GoBack, given: Circumstances
) -> StepNavigationEventData | tuple[Problem, ...]:
    to = given.flow.steps.get(back.to_step_id)
    if to is None:
        return (step_not_in_flow("to_step_id"),)
    if to.position > fold.furthest_step_index:
        return (_step_not_reached("to_step_id", "The step was never visited."),)
    return StepNavigationEventData(
        from_step_id=fold.step_id, to_step_id=to.step.id, step_index=to.position
    )


def _decide_timeslot(
    selection: SelectTimeslot, on: IndexedStep, given: Circumstances
) -> TimeslotSelectionEventData | tuple[Problem, ...]:
    if not isinstance(on.step, TimeslotSelectionStep):
        return _WRONG_STEP
    slot = find_offered_timeslot(
        on.step.type_config,
        start_time=selection.start_time,
        end_time=selection.end_time,
        now=given.now,
    )
    if slot is None:
        return (_timeslot_unavailable("This time is not offered."),)
    if not slot.has_room(given.taken):
        return (_timeslot_unavailable("This time is booked out."),)
    return TimeslotSelectionEventData(start_time=slot.start_time, end_time=slot.end_time)


def _step_not_reached(field: str, message: str) -> Problem:
    return Problem(code=ProblemCode.STEP_NOT_REACHED, message=message, path=(field,))


def _timeslot_unavailable(message: str) -> Problem:
    return Problem(code=ProblemCode.TIMESLOT_UNAVAILABLE, message=message, path=("start_time",))


_WRONG_STEP = (
    Problem(
        code=ProblemCode.INVALID,
        message="Events of this kind do not happen on a step of this type.",
        path=("step_id",),
    ),
)
