"""The columns of a report's file: the fields of its rows in the schema, under the same names."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

from app.api.scalars import SCHEMA_CONFIG, serialize_datetime


def column_names(row_type: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields as clients know them."""
    return tuple(SCHEMA_CONFIG.name_converter.get_graphql_name(each) for each in _fields(row_type))


def column_values(row: Any) -> tuple[Any, ...]:
    """Return the values of the fields as JSON has them, in the order of `column_names`."""
    return tuple(to_plain(getattr(row, field.python_name)) for field in _fields(type(row)))


def _fields(row_type: type[Any]) -> Sequence[StrawberryField]:
    """Return the fields that hold values; those with a resolver belong to GraphQL alone."""
    fields = get_object_definition(row_type, strict=True).fields
    return [field for field in fields if field.base_resolver is None]


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it: objects of the schema as their fields that hold values."""
    match value:
        case Enum():
            return value.name
        case datetime():
            return serialize_datetime(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return [to_plain(each) for each in value]
        case _ if get_object_definition(type(value)) is not None:
            return dict(zip(column_names(type(value)), column_values(value), strict=True))
        case _:
            return value
