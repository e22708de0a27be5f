"""What is wrong with a whole flow: the rules of publication."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from app.domain.booking_flow.steps import (
    BookingFlowStep,
    ServiceSelectionStep,
    StepType,
    ZipcodeStep,
)
from app.domain.service_selection.problems import find_problems
from app.domain.service_selection.references import KnownReferences
from app.domain.severity import Severity
from app.domain.values import EntityId, Value

SINGLE_STEP_TYPES = (
    StepType.SERVICE_SELECTION,
    StepType.TIMESLOT_SELECTION,
    StepType.CUSTOMER,
    StepType.SUMMARY,
)


class BookingFlowProblem(Value):
    """One thing wrong with a flow; those of severity ERROR keep it from being published."""

    code: str
    severity: Severity
    message: str
    step_id: EntityId | None = None
    node_ids: tuple[str, ...] = ()
    edge_ids: tuple[str, ...] = ()
    path: tuple[str, ...] = ()


def find_flow_problems(
    steps: Sequence[BookingFlowStep], *, references: KnownReferences | None
) -> tuple[BookingFlowProblem, ...]:
    """Return every way the flow breaks the rules, those of the whole flow before those of a step.

    Without `references` the entities a graph refers to are not judged.
    """
    problems = list(_find_sequence_problems(steps))
    for step in steps:
        problems += _find_step_problems(step, references)
    return tuple(problems)


def blocks_publishing(problems: Iterable[BookingFlowProblem]) -> bool:
    """Return whether one of the problems is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _find_sequence_problems(steps: Sequence[BookingFlowStep]) -> Iterator[BookingFlowProblem]:
    if not steps:
        yield _error("NO_STEPS", "The flow has no steps.")
    counts = Counter(step.step_type for step in steps)
    for step_type in SINGLE_STEP_TYPES:
        for extra in [step for step in steps if step.step_type is step_type][1:]:
            yield _error(
                "DUPLICATE_STEP_TYPE",
                f"A flow has at most one {step_type.value.replace('_', ' ')} step.",
                step_id=extra.id,
            )
    for step in steps[:-1]:
        if step.step_type is StepType.SUMMARY:
            yield _error("SUMMARY_NOT_LAST", "The summary must be the last step.", step_id=step.id)
    if not counts[StepType.SERVICE_SELECTION]:
        yield _error("NO_SERVICE_SELECTION_STEP", "The flow has no service selection step.")


def _find_step_problems(
    step: BookingFlowStep, references: KnownReferences | None
) -> Iterator[BookingFlowProblem]:
    match step:
        case ZipcodeStep():
            areas = step.type_config.service_areas
            if not any(area.zipcodes or area.prefixes for area in areas):
                yield _error("EMPTY_ZIPCODE_LIST", "No zip code is covered.", step_id=step.id)
        case ServiceSelectionStep():
            for problem in find_problems(step.type_config, references=references):
                yield BookingFlowProblem(
                    code=problem.code.value,
                    severity=problem.severity,
                    message=problem.message,
                    step_id=step.id,
                    node_ids=problem.node_ids,
                    edge_ids=problem.edge_ids,
                    path=problem.path,
                )
        case _:
            return


def _error(code: str, message: str, *, step_id: EntityId | None = None) -> BookingFlowProblem:
    return BookingFlowProblem(code=code, severity=Severity.ERROR, message=message, step_id=step_id)
