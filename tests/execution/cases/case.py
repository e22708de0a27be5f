"""A case of execution: a schema, what is asked of it, and the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, GraphQLSchema, build_schema

LATE = (False, True)
"""Whether the values of a case are at hand, or to be awaited."""


@dataclass(frozen=True)
class Failure:
    """An error of an answer; `at` is its line and column, where the case says."""

    message: str
    path: tuple[str | int, ...] | None = None
    at: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What `document` is answered with `variables` by a schema over a root value."""

    name: str
    schema: GraphQLSchema | str
    document: str
    data: Any
    failures: tuple[Failure, ...] = ()
    root: Callable[[], Any] = dict
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None

    @property
    def built(self) -> GraphQLSchema:
        """The schema, built where the case gives only its text."""
        return build_schema(self.schema) if isinstance(self.schema, str) else self.schema


def to_failures(result: ExecutionResult) -> tuple[Failure, ...]:
    """Return the errors of an answer as a case has them."""
    return tuple(
        Failure(
            error.message,
            None if error.path is None else tuple(error.path),
            error.locations[0] if error.locations else None,
        )
        for error in result.errors or ()
    )


def always(value: Any) -> Callable[[], Any]:
    """Return what makes the same root value each time."""
    return lambda: value


def later(value: Any) -> Any:
    """Return a coroutine of the value; an exception is raised when it is awaited."""

    async def give() -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return give()
