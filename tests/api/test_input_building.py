"""Input objects are what Strawberry itself makes of the same values."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryObjectDefinition

from app.api.input_building import build_input
from app.api.schema import schema

CONVERTER = schema.schema_converter
INPUTS = sorted(
    name
    for name, each in CONVERTER.type_map.items()
    if isinstance(each.definition, StrawberryObjectDefinition) and each.definition.is_input
)
_DEPTH = 5
_TEXTS = {"ID": "id", "String": "text", "Int": 1, "Float": 0.5, "Boolean": True}


def sample(type_: Any, depth: int = 0) -> Any:
    """Return a coerced value of a GraphQL type, with every field that is not too deep."""
    if isinstance(type_, GraphQLNonNull):
        return sample(type_.of_type, depth)
    if isinstance(type_, GraphQLList):
        return [] if depth > _DEPTH else [sample(type_.of_type, depth), *_null_unless(type_)]
    if isinstance(type_, GraphQLInputObjectType):
        fields = type_.fields.items()
        if type_.is_one_of:
            fields = list(fields)[:1]
        return {
            name: sample(field.type, depth + 1)
            for name, field in fields
            if depth < _DEPTH or isinstance(field.type, GraphQLNonNull)
        }
    return _TEXTS.get(type_.name, "VALUE")


def _null_unless(type_: GraphQLList[Any]) -> list[None]:
    return [] if isinstance(type_.of_type, GraphQLNonNull) else [None]


@pytest.fixture
def plain_strawberry() -> Iterator[None]:
    """Leave the building of inputs to Strawberry."""
    definitions = [CONVERTER.type_map[name].definition for name in INPUTS]
    for definition in definitions:
        assert isinstance(definition, StrawberryObjectDefinition)
        assert definition.from_input is build_input
        definition.from_input = None
    yield
    for definition in definitions:
        definition.from_input = build_input  # type: ignore[union-attr]


def convert(name: str, value: Any) -> Any:
    definition = CONVERTER.type_map[name].definition
    assert isinstance(definition, StrawberryObjectDefinition)
    return convert_argument(value, definition.origin, CONVERTER.scalar_registry, schema.config)


@pytest.mark.parametrize("name", INPUTS)
def test_every_input_is_built_as_strawberry_builds_it(
    name: str, request: pytest.FixtureRequest
) -> None:
    type_ = CONVERTER.type_map[name].implementation
    values = [sample(type_), {}]
    quickly = [convert(name, value) for value in values]

    request.getfixturevalue("plain_strawberry")

    assert quickly == [convert(name, value) for value in values]
