"""Asking every root field of the schema for given ids.

What an operation needs besides ids is filled in by type; every ID, however deep in the input, is
the given one. Optional arguments are left out unless there is an ID within.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from app.api.schema import schema

SCHEMA = schema._schema
MAX_INPUT_DEPTH = 4
MAX_OUTPUT_DEPTH = 3
SAMPLES: dict[str, Any] = {
    "String": "text", "Int": 1, "Float": 1.0, "Boolean": False, "JSON": {}, "Date": "2026-03-02",
    "DateTime": "2026-03-02T12:00:00.000Z", "Url": "https://harbor.example/", "ZipCode": "01901",
    "PhoneNumber": "+16175550123", "EmailAddress": "a@harbor.example", "HexColor": "#0B5FA5",
    "CssSelector": ".book", "LucideIconKey": "wrench",
}  # fmt: skip


class Question:
    """A root field, to be asked with any id."""

    def __init__(self, kind: str, name: str, field: GraphQLField) -> None:
        self.kind = kind
        self.name = name
        self._field = field

    @property
    def takes_ids(self) -> bool:
        """Whether there is an ID among its arguments."""
        return any(_contains_id(argument.type) for argument in self._field.args.values())

    def variants(self) -> int:
        """Return in how many ways it can be asked: one for each choice of a `@oneOf` input."""
        return max((_choices(argument.type) for argument in self._field.args.values()), default=1)

    def document(self) -> str:
        """Return the operation, with all arguments as variables."""
        wanted = self._wanted()
        definitions = ", ".join(f"${name}: {argument.type}" for name, argument in wanted.items())
        arguments = ", ".join(f"{name}: ${name}" for name in wanted)
        head = f"{self.kind} ({definitions})" if wanted else self.kind
        call = f"{self.name}({arguments})" if wanted else self.name
        return f"{head} {{ {call} {_selection(self._field.type, MAX_OUTPUT_DEPTH)} }}"

    def variables(self, id_: str, *, variant: int = 0) -> dict[str, Any]:
        """Return the variables with every ID the given one."""
        return {
            name: _fill(argument.type, id_, variant, MAX_INPUT_DEPTH)
            for name, argument in self._wanted().items()
        }

    def _wanted(self) -> dict[str, Any]:
        return {
            name: argument
            for name, argument in self._field.args.items()
            if is_required_argument(argument) or _contains_id(argument.type)
        }


def questions() -> Iterator[Question]:
    """Yield every query and mutation."""
    for kind, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        for name, field in (root.fields if root else {}).items():
            yield Question(kind, name, field)


def _contains_id(type_: GraphQLInputType, depth: int = MAX_INPUT_DEPTH) -> bool:
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        return depth > 0 and any(
            _contains_id(field.type, depth - 1) for field in named.fields.values()
        )
    return named.name == "ID"


def _choices(type_: GraphQLInputType, depth: int = MAX_INPUT_DEPTH) -> int:
    named = get_named_type(type_)
    if not isinstance(named, GraphQLInputObjectType) or depth == 0:
        return 1
    own = len(named.fields) if named.is_one_of else 1
    return max(own, *(_choices(field.type, depth - 1) for field in named.fields.values()))


def _fill(type_: GraphQLInputType, id_: str, variant: int, depth: int) -> Any:
    match type_:
        case GraphQLNonNull(of_type=inner):
            return _fill(inner, id_, variant, depth)
        case GraphQLList(of_type=inner):
            return [_fill(inner, id_, variant, depth)]
        case GraphQLEnumType():
            return next(iter(type_.values))
        case GraphQLInputObjectType():
            return _fill_object(type_, id_, variant, depth)
    return id_ if type_.name == "ID" else SAMPLES[type_.name]


def _fill_object(
    type_: GraphQLInputObjectType, id_: str, variant: int, depth: int
) -> dict[str, Any]:
    if type_.is_one_of:
        names = list(type_.fields)
        chosen = names[variant % len(names)]
        # A choice that leads to itself ends at the first one that does not.
        return {chosen: _fill(_required(type_.fields[chosen].type), id_, variant, depth - 1)}
    return {
        name: _fill(field.type, id_, variant, depth - 1)
        for name, field in type_.fields.items()
        if is_required_input_field(field) or (depth > 0 and _contains_id(field.type, depth - 1))
    }


def _required(type_: GraphQLInputType) -> GraphQLInputType:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def _selection(type_: GraphQLOutputType, depth: int) -> str:
    named = get_named_type(type_)
    if is_leaf_type(named):
        return ""
    if isinstance(named, GraphQLUnionType):
        members = (f"... on {each.name} {_selection(each, depth)}" for each in named.types)
        return "{ __typename " + " ".join(members) + " }"
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
    # Names are prefixed by type: fields of union members may share a name and differ in type.
    parts = [
        f"{named.name}_{name}: {name} {_selection(field.type, depth - 1)}"
        for name, field in named.fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
        and (is_leaf_type(get_named_type(field.type)) or depth > 1)
    ]
    return "{ " + " ".join(["__typename", *parts]) + " }"
