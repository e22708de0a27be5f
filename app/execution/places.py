"""The places of an answer, and the values that are waited for."""

from __future__ import annotations

from asyncio import Task
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import FieldNode, GraphQLError, located_error

from app.execution.links import Link, to_keys
from app.execution.loaded import Loaded

if TYPE_CHECKING:
    from app.execution.running import Execution

Complete: TypeAlias = "Callable[[Any, Link, Execution], Any]"
"""Makes what a resolver returned part of the answer; may return a Pending, and may raise."""


class Place:
    """A field of a type, or the items of its list: how a value that comes there is treated."""

    __slots__ = ("complete", "is_nullable", "nodes", "typename")

    complete: Complete

    def __init__(
        self, *, typename: str | None, is_nullable: bool, nodes: Sequence[FieldNode]
    ) -> None:
        """`typename` is the type of a field's object, None for items."""
        self.typename = typename
        self.is_nullable = is_nullable
        self.nodes = nodes

    def settle(self, value: Any, link: Link, execution: Execution) -> Any:
        """Return the completed value of whatever is found here, a Pending when it is awaitable.

        Raises GraphQLError, located, when there is an error and the place may not be null.
        """
        mark = len(execution.fresh)
        try:
            if type(value) is Loaded and value.future.done():
                value = value.get()
            elif execution.is_awaitable(value):
                return execution.wait(value, link)
            return self.complete(value, link, execution)
        except Exception as error:
            return self.fail(error, link, execution, mark)

    def fail(self, error: Exception, link: Link, execution: Execution, mark: int) -> None:
        """Note the error and return None, or raise it, located, when the place may not be null.

        What began to be waited for since `mark` is given up.
        """
        located = self.locate(error, link)
        if not self.is_nullable:
            raise located
        execution.give_up(mark)
        execution.errors.append(located)

    def locate(self, error: Exception, link: Link) -> GraphQLError:
        """Return the error with its place in the document and in the answer."""
        return located_error(error, self.nodes, to_keys(link))


class Pending:
    """A value that is waited for; it stands in the answer where the value will.

    `into` is the object or list it stands in, unless that has to be looked up.
    """

    __slots__ = ("awaitable", "complete", "into", "is_dropped", "is_running", "link", "task")

    def __init__(self, awaitable: Awaitable[Any], link: Link, complete: Complete) -> None:
        self.awaitable = awaitable
        self.link = link
        self.complete = complete
        self.into: Any = None
        self.is_dropped = False
        self.is_running = False
        self.task: Task[None] | None = None
