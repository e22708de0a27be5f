"""How values of scalars and enums are quickly made part of an answer, where that is possible."""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)
from graphql.execution import Executor
from graphql.pyutils import Undefined

INFINITY = float("inf")
MAX_INT = 2**31 - 1
MIN_INT = -(2**31)

ORDINARY_CLASSES = frozenset({str, int, float, bool, datetime, date, dict, list, tuple})
"""Classes of values that are neither missing, nor errors, nor awaitable."""


class QuickLeaf(NamedTuple):
    """Python source: when `test` holds of a value `{v}`, the result is `convert`, or the value.

    `{c}` is `constant`. Where the test does not hold, the value has to go the whole way.
    """

    test: str
    convert: str | None = None
    constant: Any = None


_AS_THEY_ARE = {
    GraphQLString.name: QuickLeaf("type({v}) is str"),
    GraphQLID.name: QuickLeaf("type({v}) is str"),
    GraphQLBoolean.name: QuickLeaf("type({v}) is bool"),
    GraphQLInt.name: QuickLeaf(f"type({{v}}) is int and {MIN_INT} <= {{v}} <= {MAX_INT}"),
    GraphQLFloat.name: QuickLeaf("type({v}) is float and -INFINITY < {v} < INFINITY"),
}
_SPECIFIED = (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt, GraphQLFloat)


def find_quick_leaf(type_: GraphQLLeafType) -> QuickLeaf:
    """Return the quick way for most values of the type."""
    if any(type_ is specified for specified in _SPECIFIED):
        return _AS_THEY_ARE[type_.name]
    if isinstance(type_, GraphQLEnumType):
        return _find_quick_enum(type_)
    if type_.coerce_output_value is str:
        return _AS_THEY_ARE[GraphQLString.name]
    return QuickLeaf("type({v}) in ORDINARY", "{c}({v})", _serializer(type_))


def class_as_it_is(type_: GraphQLLeafType) -> type | None:
    """Return the class whose every object is part of an answer as it is, where there is one."""
    if type_ is GraphQLBoolean:
        return bool
    is_text = type_ is GraphQLString or type_ is GraphQLID or type_.coerce_output_value is str
    return str if is_text else None


def _find_quick_enum(type_: GraphQLEnumType) -> QuickLeaf:
    """Return the way for members of the enum that Strawberry made the type of."""
    class_ = getattr(type_, "wrapped_cls", None)
    if not (isinstance(class_, type) and issubclass(class_, Enum)):
        return QuickLeaf("type({v}) in ORDINARY", "{c}({v})", _serializer(type_))
    names = {}
    for member in class_:
        try:
            names[member] = type_.coerce_output_value(member)
        except (GraphQLError, ValueError):
            return QuickLeaf("False")
    by_id = {id(member): name for member, name in names.items()}
    return QuickLeaf("id({v}) in {c}", "{c}[id({v})]", by_id)


def _serializer(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    coerce = type_.coerce_output_value

    def serialize(value: Any) -> Any:
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            return Executor.complete_leaf_value(type_, value)  # It says what is wrong.
        return coerced

    return serialize
