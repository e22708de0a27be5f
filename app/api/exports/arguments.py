"""The arguments of `exportAnalytics` in the query of an address, without any nesting.

The fields of an argument that is an input stand by themselves: `from` and `to` for `range`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
    is_required_argument,
)
from graphql.type import GraphQLArgument, get_nullable_type

from app.api.errors import bad_user_input

FIELD = "exportAnalytics"
KIND = "kind"


def export_document(schema: GraphQLSchema, variables: Mapping[str, Any]) -> str:
    """Return the operation that asks for an export's links by variables named as its arguments."""
    arguments = {
        name: each
        for name, each in _arguments(schema).items()
        if name in variables or is_required_argument(each)
    }
    declared = ", ".join(f"${name}: {each.type}" for name, each in arguments.items())
    passed = ", ".join(f"{name}: ${name}" for name in arguments)
    return f"query ({declared}) {{ {FIELD}({passed}) {{ files {{ format url }} }} }}"


def read_arguments(
    schema: GraphQLSchema, given: Iterable[tuple[str, str]], *, kind: str
) -> dict[str, Any]:
    """Return the variables that parameters of an address stand for.

    Raises RequestError (BAD_USER_INPUT) naming a parameter that is none, is given twice, or is no
    value of its type; what else is wrong with the values is for the operation to say.
    """
    places = dict(_places(schema))
    variables: dict[str, Any] = {KIND: kind}
    seen: set[str] = set()
    for name, text in given:
        if name not in places or name == KIND:
            raise bad_user_input("There is no such parameter.", argument=name)
        argument, value = places[name]
        target = variables if argument is None else variables.setdefault(argument, {})
        if is_list_type(get_nullable_type(value.type)):
            target.setdefault(name, []).append(_read(value, text, name))
            continue
        if name in seen:
            raise bad_user_input("This is given twice.", argument=name)
        seen.add(name)
        target[name] = _read(value, text, name)
    return variables


def _arguments(schema: GraphQLSchema) -> Mapping[str, GraphQLArgument]:
    if schema.query_type is None:
        raise RuntimeError("the schema has no queries")
    return schema.query_type.fields[FIELD].args


def _places(
    schema: GraphQLSchema,
) -> Iterable[tuple[str, tuple[str | None, GraphQLArgument | GraphQLInputField]]]:
    """Yield for each parameter the argument it is part of, None when it is one itself."""
    for name, argument in _arguments(schema).items():
        named = get_named_type(argument.type)
        if isinstance(named, GraphQLInputObjectType):
            yield from ((field, (name, each)) for field, each in named.fields.items())
        else:
            yield name, (None, argument)


def _read(value: GraphQLArgument | GraphQLInputField, text: str, name: str) -> Any:
    """Return the text as JSON would have it for the type."""
    named = get_named_type(value.type)
    if not isinstance(named, GraphQLScalarType):
        return text
    match named.name:
        case "Int" if text.removeprefix("-").isdecimal() and text.isascii():
            return int(text)
        case "Boolean" if text in {"true", "false"}:
            return text == "true"
        case "Int" | "Boolean":
            raise bad_user_input(f"This is no value of the type {named.name}.", argument=name)
        case _:
            return text
