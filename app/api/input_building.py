"""Building input objects from coerced values, with what their types say worked out once.

Strawberry resolves the type and the name of every field anew for every value: of a batch of events
that took longer than all the rest of the request.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, NamedTuple, TypeAlias

import strawberry
from strawberry.scalars import is_scalar
from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    StrawberryType,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField

Convert: TypeAlias = Callable[[Any], Any]


class _Field(NamedTuple):
    python_name: str
    convert: Convert


class _Plan(NamedTuple):
    """How an input object is built: what its fields hold when omitted, and each by its name."""

    omitted: Mapping[str, None]
    fields: Mapping[str, _Field]


_plans: dict[type, _Plan] = {}


def build_quickly(schema: strawberry.Schema) -> None:
    """Let every input type of the schema be built by this module, with the same result."""
    for concrete in schema.schema_converter.type_map.values():
        definition = concrete.definition
        if isinstance(definition, StrawberryObjectDefinition) and definition.is_input:
            definition.from_input = build_input


def build_input(type_: type, value: Mapping[str, Any], context: InputContext) -> object:
    """Return the input object of a coerced value; the hook `from_input` of Strawberry."""
    plan = _plans.get(type_)
    if plan is None:
        plan = _plans[type_] = _make_plan(type_, context)
    given: dict[str, Any] = dict(plan.omitted)
    for name, item in value.items():
        field = plan.fields[name]
        given[field.python_name] = field.convert(item)
    return type_(**given)


def _make_plan(type_: Any, context: InputContext) -> _Plan:
    definition: StrawberryObjectDefinition = type_.__strawberry_definition__
    return _Plan(
        omitted={each.python_name: None for each in definition.fields if not _has_default(each)},
        fields={
            context.config.name_converter.from_field(each): _Field(
                each.python_name,
                _converter(each.resolve_type(type_definition=definition), context),
            )
            for each in definition.fields
        },
    )


def _has_default(field: StrawberryField) -> bool:
    return field.default_value is not MISSING or field.default_factory is not MISSING


def _converter(type_: StrawberryType | type, context: InputContext) -> Convert:
    """Return what makes of a coerced value, null or not, what Strawberry makes of it."""
    if isinstance(type_, StrawberryMaybe):
        raise TypeError("inputs tell what is omitted by UNSET, not by Maybe")
    if isinstance(type_, StrawberryOptional):
        return _converter(type_.of_type, context)
    if isinstance(type_, StrawberryList):
        convert = _converter(type_.of_type, context)
        return lambda value: [convert(each) for each in value] if _is_given(value) else value
    if _is_leaf(type_, context):
        return lambda value: value
    if not has_object_definition(type_):
        raise TypeError(f"{type_} is no type of an input")
    return lambda value: build_input(type_, value, context) if _is_given(value) else value


def _is_leaf(type_: StrawberryType | type, context: InputContext) -> bool:
    is_enum = isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_)
    return is_enum or is_scalar(type_, context.scalar_registry)


def _is_given(value: Any) -> bool:
    return value is not None and value is not strawberry.UNSET
