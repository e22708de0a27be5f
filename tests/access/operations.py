"""An operation for every field at the root of the schema, with arguments made from its types."""

from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from app.api.ids import EntityType, encode_id
from app.api.schema import schema

SCHEMA = build_schema(schema.as_str())
SCALARS: dict[str, Any] = {
    "Boolean": False,
    "CssSelector": "a",
    "Date": "2026-11-22",
    "DateTime": "2036-11-22T00:00:00.000Z",
    "EmailAddress": "ana@harbor.example",
    "Float": 1.0,
    "HexColor": "#0B5FA5",
    "ID": encode_id(EntityType.BRAND_KIT, "f" * 24),
    "Int": 1,
    "JSON": {},
    "LucideIconKey": "wrench",
    "PhoneNumber": "+17815550142",
    "String": "x",
    "Url": "https://harbor.example/",
    "ZipCode": "01901",
}


class RootField(NamedTuple):
    """A field at the root, and the operation that asks for it alone."""

    operation_type: str
    name: str
    document: str
    variables: dict[str, Any]


def root_fields(**given: Any) -> list[RootField]:
    """Return every field of the schema's roots; arguments and input fields in `given` are so."""
    roots = {
        "query": SCHEMA.query_type,
        "mutation": SCHEMA.mutation_type,
        "subscription": SCHEMA.subscription_type,
    }
    return [
        _to_root_field(operation_type, name, field, given)
        for operation_type, root in roots.items()
        if root is not None
        for name, field in root.fields.items()
    ]


def _to_root_field(
    operation_type: str, name: str, field: GraphQLField, given: dict[str, Any]
) -> RootField:
    required = {
        argument: each.type
        for argument, each in field.args.items()
        if isinstance(each.type, GraphQLNonNull)
    }
    declared = ", ".join(f"${argument}: {type_}" for argument, type_ in required.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in required)
    selection = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return RootField(
        operation_type,
        name,
        f"{operation_type}{f'({declared})' if declared else ''} "
        f"{{ {name}{f'({passed})' if passed else ''}{selection} }}",
        {
            argument: given.get(argument, _value(type_, given))
            for argument, type_ in required.items()
        },
    )


def _value(type_: GraphQLInputType, given: dict[str, Any]) -> Any:
    match type_:
        case GraphQLNonNull():
            return _value(type_.of_type, given)
        case GraphQLList():
            return [_value(type_.of_type, given)]
        case GraphQLEnumType():
            return next(iter(type_.values))
        case GraphQLInputObjectType():
            return _object(type_, given)
        case GraphQLScalarType():
            return SCALARS[type_.name]
    raise TypeError(type_)


def _object(type_: GraphQLInputObjectType, given: dict[str, Any]) -> dict[str, Any]:
    if type_.is_one_of:
        name, field = next(iter(type_.fields.items()))
        return {name: given.get(name, _value(field.type, given))}
    return {
        name: given.get(name, _value(field.type, given))
        for name, field in type_.fields.items()
        if isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined
    }
