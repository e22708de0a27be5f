"""One field of one type in a plan: its nodes merged, its arguments and its way to a value known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    is_non_null_type,
)
from graphql.execution.values import VariableValues, get_argument_values

from app.execution.links import Link, to_path
from app.execution.places import Place
from app.execution.strawberry_types import (
    BACKREF,
    PlainField,
    PlainInfo,
    find_chain,
    find_plain_field,
)

if TYPE_CHECKING:
    from app.execution.running import Execution

_IMMUTABLE = (str, int, float, bool, type(None), Enum, date, time, timedelta, Decimal, UUID)
_NO_VARIABLES = VariableValues({}, {})


class FieldPlan:
    """A field of an object type under one response key."""

    __slots__ = (
        "_chain",
        "_constant",
        "definition",
        "key",
        "name",
        "parent_type",
        "place",
        "plain",
    )

    def __init__(
        self,
        *,
        key: str,
        nodes: Sequence[FieldNode],
        definition: GraphQLField,
        parent_type: GraphQLObjectType,
        schema: GraphQLSchema,
    ) -> None:
        self.key = key
        self.name = nodes[0].name.value
        self.definition = definition
        self.parent_type = parent_type
        self.place = Place(
            typename=parent_type.name,
            is_nullable=not is_non_null_type(definition.type),
            nodes=nodes,
        )
        self.plain: PlainField | None = find_plain_field(definition, schema)
        self._chain = None if self.plain else find_chain(definition, schema)
        self._constant = _find_constant(definition, nodes[0])

    def execute(self, source: Any, parent: Link | None, execution: Execution) -> Any:
        """Return the completed value of a field that is resolved as graphql-core does.

        It may be a Pending. Raises GraphQLError, located, when the field may not be null.
        """
        link: Link = (parent, self.key, self.place)
        mark = len(execution.fresh)
        try:
            if self._chain is None:
                resolve = self.definition.resolve or execution.executor.field_resolver
                value = resolve(source, self.info(link, execution), **self.arguments(execution))
            else:
                info = self.plain_info(parent, execution)
                value = self._chain(source, info, **self.arguments(execution))
            if execution.is_awaitable(value):
                return execution.wait(value, link)
            return self.place.complete(value, link, execution)
        except Exception as error:
            return self.place.fail(error, link, execution, mark)

    def settle(self, value: Any, parent: Link | None, execution: Execution) -> Any:
        """Return the completed value of whatever was found for the field; see Place.settle."""
        return self.place.settle(value, (parent, self.key, self.place), execution)

    def fail(
        self,
        error: Exception,
        parent: Link | None,
        execution: Execution,
        mark: int | None = None,
    ) -> None:
        """Note the error and return None, or raise it, located; see Place.fail."""
        since = len(execution.fresh) if mark is None else mark
        self.place.fail(error, (parent, self.key, self.place), execution, since)

    def info(self, link: Link, execution: Execution) -> GraphQLResolveInfo[Any]:
        """Return what resolvers are told; `link` is that of the field or of an item below it."""
        while link[2] is not self.place:
            assert link[0] is not None  # noqa: S101 - items are below their field.
            link = link[0]
        return execution.executor.build_resolve_info(
            self.definition, list(self.place.nodes), self.parent_type, to_path(link)
        )

    def plain_info(self, parent: Link | None, execution: Execution) -> PlainInfo:
        """Return the Info of a resolver of Strawberry's."""
        return PlainInfo(
            self.definition.extensions[BACKREF],
            execution.context,
            self._info_below,
            parent,
            execution,
        )

    def _info_below(self, parent: Link | None, execution: Execution) -> GraphQLResolveInfo[Any]:
        return self.info((parent, self.key, self.place), execution)

    def arguments(self, execution: Execution) -> dict[str, Any]:
        """Return the coerced arguments; raises GraphQLError."""
        if self._constant is not None:
            return self._constant
        key = id(self)
        known = execution.arguments.get(key)
        if known is None:
            executor = execution.executor
            known = get_argument_values(
                self.definition,
                self.place.nodes[0],
                executor.variable_values,
                None,
                executor.hide_suggestions,
            )
            if _is_immutable(known):
                execution.arguments[key] = known
        return known


def _find_constant(definition: GraphQLField, node: FieldNode) -> dict[str, Any] | None:
    """Return the arguments when they are the same in every execution and nobody can change them."""
    if not definition.args:
        return {}
    if any(_has_variable(argument.value) for argument in node.arguments or ()):
        return None
    try:
        arguments = get_argument_values(definition, node, _NO_VARIABLES)
    except Exception:
        return None  # The error is the field's, each time it is executed.
    return arguments if _is_immutable(arguments) else None


def _has_variable(node: ValueNode) -> bool:
    match node:
        case VariableNode():
            return True
        case ListValueNode(values=values):
            return any(_has_variable(each) for each in values)
        case ObjectValueNode(fields=fields):
            return any(_has_variable(each.value) for each in fields)
        case _:
            return False


def _is_immutable(arguments: dict[str, Any]) -> bool:
    return all(isinstance(value, _IMMUTABLE) for value in arguments.values())
