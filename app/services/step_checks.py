"""What is wrong with the steps an editor sends, though they be unreadable otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.domain.booking_flow.flow import MAX_STEPS
from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.problems import Problem, ProblemCode
from app.domain.values import EntityId
from app.services.flow_drafts import OpenedDraft, not_found


def find_wrong_ids(
    steps: Sequence[Mapping[str, Any]] | None, stored: Sequence[BookingFlowStep]
) -> Iterator[Problem]:
    """Yield what is wrong with the ids by which steps stand for those of a draft.

    NOT_FOUND where there is no such step, DUPLICATE where it was named before, and INVALID where it
    is of another type.
    """
    types = {step.id: step.step_type for step in stored}
    seen: set[EntityId] = set()
    for index, step in enumerate(steps or ()):
        step_id, path = step.get("id"), ("steps", index, "id")
        if step_id is None:
            continue
        if step_id not in types:
            yield not_found(*path)
        elif step_id in seen:
            yield _named_again(*path)
        if types.get(step_id, step["step_type"]) != step["step_type"]:
            yield _wrong_type(*path)
        seen.add(step_id)


def find_wrong_addition(plain: Mapping[str, Any], draft: OpenedDraft) -> Iterator[Problem]:
    """Yield what keeps a step from being added, given in the plain values of a `NewStep`."""
    if plain["step"].get("id") is not None:
        yield not_found("step", "id")
    if draft.found is None:
        return
    count, position = len(draft.found.steps), plain.get("position")
    if count >= MAX_STEPS:
        message = f"a flow has at most {MAX_STEPS} steps"
        yield Problem(code=ProblemCode.TOO_LONG, message=message, path=("step",))
    if position is not None and position > count:
        message = f"the flow has {count} steps"
        yield Problem(code=ProblemCode.OUT_OF_RANGE, message=message, path=("position",))


def find_changed_type(
    plain: Mapping[str, Any], stored: BookingFlowStep | None
) -> Iterator[Problem]:
    """Yield INVALID for the configuration of another type than the step's."""
    config = plain.get("type_config")
    if stored is not None and config is not None and config["step_type"] != stored.step_type:
        yield _wrong_type("type_config")


def find_order_problems(step_ids: Sequence[EntityId], *, known: set[EntityId]) -> Iterator[Problem]:
    """Yield NOT_FOUND, DUPLICATE and REQUIRED: an order names every step once."""
    seen: set[EntityId] = set()
    for index, step_id in enumerate(step_ids):
        if step_id not in known:
            yield not_found("step_ids", index)
        elif step_id in seen:
            yield _named_again("step_ids", index)
        seen.add(step_id)
    if known - seen:
        message = f"leaves out {len(known - seen)} of the flow's steps"
        yield Problem(code=ProblemCode.REQUIRED, message=message, path=("step_ids",))


def _named_again(*path: str | int) -> Problem:
    return Problem(code=ProblemCode.DUPLICATE, message="names the same step again", path=path)


def _wrong_type(*path: str | int) -> Problem:
    message = "a step keeps its type; remove it and add another one"
    return Problem(code=ProblemCode.INVALID, message=message, path=path)
