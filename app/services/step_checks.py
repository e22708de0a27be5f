"""What is wrong with the steps an editor sends."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.domain.booking_flow.flow import MAX_STEPS
from app.domain.booking_flow.patterns import find_pattern_problems
from app.domain.booking_flow.steps import BookingFlowStepContent, StepType
from app.domain.problems import Problem, ProblemCode
from app.domain.values import EntityId
from app.services.flow_commands import NewStep
from app.services.text_checks import LibraryTextChecks

TEXT_CHECKS = LibraryTextChecks()


def wrong_type(*path: str | int) -> Problem:
    """Return the problem of an edit that would change a step's type."""
    message = "a step keeps its type; remove it and add another one"
    return Problem(code=ProblemCode.INVALID, message=message, path=path)


def find_unknown_ids(
    steps: Sequence[BookingFlowStepContent], *, known: Collection[EntityId]
) -> Iterator[Problem]:
    """Yield NOT_FOUND for every step that claims to be one of the draft and is none."""
    for index, step in enumerate(steps):
        if step.id is not None and step.id not in known:
            yield not_found("steps", index, "id")


def find_repeated_ids(steps: Sequence[BookingFlowStepContent]) -> Iterator[Problem]:
    """Yield DUPLICATE for every step that claims to be one named before."""
    seen: set[EntityId] = set()
    for index, step in enumerate(steps):
        if step.id in seen:
            message = "names the same step again"
            path = ("steps", index, "id")
            yield Problem(code=ProblemCode.DUPLICATE, message=message, path=path)
        elif step.id is not None:
            seen.add(step.id)


def find_changed_types(
    steps: Sequence[BookingFlowStepContent], stored: Mapping[EntityId, StepType]
) -> Iterator[Problem]:
    """Yield INVALID for every step of another type than the one it takes the place of."""
    for index, step in enumerate(steps):
        if step.id is not None and stored.get(step.id, step.step_type) is not step.step_type:
            yield wrong_type("steps", index, "id")


def find_patterns_problems(steps: Sequence[BookingFlowStepContent]) -> Iterator[Problem]:
    """Yield INVALID for every pattern of the steps that is not RE2 syntax."""
    for index, step in enumerate(steps):
        for problem in find_pattern_problems(step, text_checks=TEXT_CHECKS):
            yield problem.under(("steps", index))


def find_problems_of_step(step: BookingFlowStepContent) -> Iterator[Problem]:
    """Yield what keeps a step from being added, with paths from the step down."""
    if step.id is not None:
        yield not_found("id")
    yield from find_pattern_problems(step, text_checks=TEXT_CHECKS)


def find_misplacement(command: NewStep, count: int) -> Iterator[Problem]:
    """Yield what keeps a step from being added to a flow that has `count` steps."""
    if count >= MAX_STEPS:
        message = f"a flow has at most {MAX_STEPS} steps"
        yield Problem(code=ProblemCode.TOO_LONG, message=message, path=("step",))
    if command.position is not None and command.position > count:
        message = f"the flow has {count} steps"
        yield Problem(code=ProblemCode.OUT_OF_RANGE, message=message, path=("position",))


def find_order_problems(step_ids: Sequence[EntityId], *, known: set[EntityId]) -> Iterator[Problem]:
    """Yield NOT_FOUND, DUPLICATE and REQUIRED: an order names every step once."""
    seen: set[EntityId] = set()
    for index, step_id in enumerate(step_ids):
        if step_id not in known:
            yield not_found("step_ids", index)
        elif step_id in seen:
            message = "names the same step again"
            path = ("step_ids", index)
            yield Problem(code=ProblemCode.DUPLICATE, message=message, path=path)
        seen.add(step_id)
    if known - seen:
        message = f"leaves out {len(known - seen)} of the flow's steps"
        yield Problem(code=ProblemCode.REQUIRED, message=message, path=("step_ids",))


def not_found(*path: str | int) -> Problem:
    """Return the problem of an id that names nothing the author may edit."""
    return Problem(code=ProblemCode.NOT_FOUND, message="names nothing here", path=path)
