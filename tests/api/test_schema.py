"""What holds for every part of the schema, whoever adds to it."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_non_null_type,
    is_specified_scalar_type,
)

from app.api.permissions import Access
from app.api.schema import schema
from app.domain.service_selection.problem import ProblemCode

SCHEMA: GraphQLSchema = schema._schema
TYPES = tuple(
    each
    for each in SCHEMA.type_map.values()
    if not each.name.startswith("__") and not is_specified_scalar_type(each)
)
FLOW_RULES = {
    "NO_STEPS",
    "DUPLICATE_STEP_TYPE",
    "SUMMARY_NOT_LAST",
    "NO_SERVICE_SELECTION_STEP",
    "EMPTY_ZIPCODE_LIST",
}
NULL_FOR_WHAT_IS_NOT_SEEN = "Query.nodes"


def describe(each: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Yield the type and every part of it, each with its description."""
    yield each.name, each.description
    match each:
        case GraphQLEnumType():
            for name, value in each.values.items():
                yield f"{each.name}.{name}", value.description
        case GraphQLInputObjectType():
            for name, input_field in each.fields.items():
                yield f"{each.name}.{name}", input_field.description
        case GraphQLObjectType() | GraphQLInterfaceType():
            for name, field in each.fields.items():
                yield f"{each.name}.{name}", field.description
                for argument_name, argument in field.args.items():
                    yield f"{each.name}.{name}({argument_name}:)", argument.description


def test_every_type_field_argument_input_field_and_enum_value_is_described() -> None:
    parts = [part for each in TYPES for part in describe(each)]

    assert len(parts) > len(TYPES)
    assert [name for name, description in parts if not (description or "").strip()] == []


@pytest.mark.parametrize("root", ["query_type", "mutation_type", "subscription_type"])
def test_every_root_field_says_who_may_use_it(root: str) -> None:
    fields = getattr(SCHEMA, root).fields

    silent = [
        name
        for name, field in fields.items()
        if not any(field.description.endswith(access.value) for access in Access)
    ]

    assert silent == []


def test_every_mutation_has_one_input_and_a_payload_of_its_own_name() -> None:
    for name, field in SCHEMA.mutation_type.fields.items():  # type: ignore[union-attr]
        pascal = name[0].upper() + name[1:]
        assert {key: str(argument.type) for key, argument in field.args.items()} == {
            "input": f"{pascal}Input!"
        }
        assert str(field.type) == f"{pascal}Payload!"
        payload = SCHEMA.type_map[f"{pascal}Payload"]
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!"


def test_every_update_names_its_entity_id_and_expects_a_version() -> None:
    inputs = [
        each
        for each in TYPES
        if isinstance(each, GraphQLInputObjectType)
        and each.name.startswith("Update")
        and each.name.endswith("Input")
    ]

    assert inputs
    for each in inputs:
        types = {name: str(field.type) for name, field in each.fields.items()}
        assert (each.name, types.get("id")) == (each.name, "ID!")
        assert (each.name, types.get("expectedVersion")) == (each.name, "Int!")


def test_every_rule_of_flows_and_graphs_has_a_code() -> None:
    codes = SCHEMA.type_map["BookingFlowProblemCode"]

    assert isinstance(codes, GraphQLEnumType)
    assert set(codes.values) == {*ProblemCode.__members__, *FLOW_RULES, "MORE_PROBLEMS"}


def test_lists_hold_no_nulls() -> None:
    lists = {
        f"{each.name}.{name}": field.type
        for each in TYPES
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in each.fields.items()
        if isinstance(getattr(field.type, "of_type", field.type), GraphQLList)
    }

    holding = [name for name, each in lists.items() if "!]" not in str(each)]

    assert holding == [NULL_FOR_WHAT_IS_NOT_SEEN]
    assert is_non_null_type(lists[NULL_FOR_WHAT_IS_NOT_SEEN])
