"""Executing a request with graphql-core and by a plan, and telling the answers apart."""

import inspect
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, execute
from strawberry.execution import optimized_is_awaitable

from app.execution.planning import plan_operation
from app.execution.reasons import NotPlanned
from tests.execution.schemas.asking import Asking

Place = tuple[object, ...]


class Unplanned(Exception):
    """There is no plan, by decision; `args` has the reason."""


@dataclass(frozen=True)
class Told:
    """An answer in words, and what happened on the way to it."""

    data: str
    errors: tuple[str, ...]
    errors_by_null: dict[Place, tuple[tuple[Place, str], ...]]
    """By the position that is null because of them: the path of each error, and the error."""
    seen: tuple[tuple[Place, str], ...]
    batches: tuple[tuple[str, ...], ...]
    was_synchronous: bool


async def by_graphql_core(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, **given: Any
) -> Told:
    """Return graphql-core's answer, asked for as Strawberry asks."""
    is_awaitable: Any = optimized_is_awaitable
    return await _tell(
        lambda: execute(
            schema,
            document,
            operation_name=operation_name,
            is_awaitable=is_awaitable,
            **given,
        ),
        given["context_value"],
    )


async def by_plan(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, **given: Any
) -> Told:
    """Return a plan's answer; raises Unplanned when there is no plan for the document."""
    plan = plan_operation(schema, document, operation_name)
    if isinstance(plan, NotPlanned):
        raise Unplanned(plan.reason)
    return await _tell(lambda: plan.execute(**given), given["context_value"])


async def _tell(answer: Callable[[], Any], asking: object) -> Told:
    result = answer()
    was_synchronous = not inspect.isawaitable(result)
    return tell(result if was_synchronous else await result, asking, was_synchronous)


def tell(result: ExecutionResult, asking: object, was_synchronous: bool) -> Told:
    """Return an answer in words, and what the context has seen where it keeps count."""
    errors = result.errors or ()
    by_null = defaultdict(list)
    for error in errors:
        by_null[find_null(result.data, error)].append((tuple(error.path or ()), describe(error)))
    return Told(
        data=data_as_text(result),
        errors=tuple(map(describe, errors)),
        errors_by_null={null: tuple(sorted(each, key=repr)) for null, each in by_null.items()},
        seen=tuple(asking.seen) if isinstance(asking, Asking) else (),
        batches=tuple(asking.batches) if isinstance(asking, Asking) else (),
        was_synchronous=was_synchronous,
    )


def find_difference(core: Told, plan: Told) -> str | None:
    """Return how the plan's answer differs from graphql-core's; None when it is as good.

    Where nothing is waited for, everything is equal, in its order. Otherwise fields fail in an
    order that is their own: errors and calls are compared without order. Errors at a position that
    one of them has made null from further down are not compared, for there the first one wins; nor
    are calls below a null, for what is not finished by then is given up.
    """
    if core.data != plan.data:
        return f"data:\n  {core.data}\n  {plan.data}"
    if core.was_synchronous != plan.was_synchronous:
        return f"synchronous: {core.was_synchronous} {plan.was_synchronous}"
    if core.was_synchronous:
        return _unequal("errors", core.errors, plan.errors) or _unequal(
            "calls", core.seen, plan.seen
        )
    if core.errors_by_null.keys() != plan.errors_by_null.keys():
        return _unequal("nulls", tuple(core.errors_by_null), tuple(plan.errors_by_null))
    given_up = frozenset(
        null
        for told in (core, plan)
        for null, errors in told.errors_by_null.items()
        if any(path != null for path, _ in errors)
    )
    return (
        _unequal("errors", _kept_errors(core, given_up), _kept_errors(plan, given_up))
        or _unequal("calls", _calls_above_nulls(core), _calls_above_nulls(plan))
        or (None if given_up else _compare_batches(core, plan))
    )


def _kept_errors(told: Told, given_up: frozenset[Place]) -> tuple[object, ...]:
    kept = (each for null, each in told.errors_by_null.items() if null not in given_up)
    return tuple(sorted(kept, key=repr))


def _calls_above_nulls(told: Told) -> tuple[object, ...]:
    def is_below_null(path: Place) -> bool:
        return any(path[:length] in told.errors_by_null for length in range(len(path)))

    return tuple(sorted((call for call in told.seen if not is_below_null(call[0])), key=repr))


def _compare_batches(core: Told, plan: Told) -> str | None:
    if sorted(_keys(core)) != sorted(_keys(plan)):
        return f"keys of loaders: {core.batches} {plan.batches}"
    if len(plan.batches) > len(core.batches):
        return f"batches of loaders: {core.batches} {plan.batches}"
    return None


def _keys(told: Told) -> list[tuple[str, str]]:
    return [(name, key) for name, *keys in told.batches for key in keys]


def _unequal(what: str, core: tuple[object, ...], plan: tuple[object, ...]) -> str | None:
    if core == plan:
        return None
    missing = "\n  - ".join(str(each) for each in core if each not in plan)
    added = "\n  + ".join(str(each) for each in plan if each not in core)
    return f"{what}, of {len(core)} and {len(plan)}:\n  - {missing}\n  + {added}"


def find_null(data: Any, error: GraphQLError) -> Place:
    """Return the position of the null an error has led to: its own or an ancestor's."""
    position: list[object] = []
    for key in error.path or ():
        if data is None:
            break
        position.append(key)
        data = data[key]
    return tuple(position)


def data_as_text(result: ExecutionResult) -> str:
    """Return the data as JSON, in which keys have an order and 1, 1.0 and true differ."""
    return json.dumps(result.data, default=repr, ensure_ascii=False)


def describe(error: GraphQLError) -> str:
    """Return all that an error says of itself."""
    original = error.original_error
    return json.dumps(
        {
            "message": error.message,
            "path": error.path,
            "locations": error.locations,
            "extensions": error.extensions,
            "class": type(error).__name__,
            "original": original and [type(original).__name__, str(original)],
            "nodes": [node.kind for node in error.nodes or ()],
            "positions": error.positions,
            "has source": error.source is not None,
        },
        default=repr,
    )
