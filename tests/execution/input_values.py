"""Random values of input types, as literals of a document and as values of variables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

Scalars = Mapping[str, Sequence[Any]]
"""Values of scalars by the name of the scalar."""

SCALARS: Scalars = {
    "Int": (0, 1, 2, -3, 4),
    "Float": (0.5, 1, -2.25),
    "String": ("", "a", "\u2028 ' \" \\ {} ${x}", "__class__"),
    "ID": ("1", "abc"),
    "Boolean": (True, False),
    "Isbn": ("978-1", "978-2"),
    "Odd": ("x", 1),
    "Date": ("2026-01-02", "2026-02-03"),
    "DateTime": ("2026-01-02T03:04:05+00:00",),
    "Decimal": ("1.5",),
    "JSON": ({"a": [1, None]}, "x", 3, None),
}
DEEPEST_INPUT = 3


@dataclass
class Variables:
    """The variables of one operation: how they are defined, and what they are given."""

    random: Random
    scalars: Scalars
    types: dict[str, GraphQLInputType] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)

    def name_one(self, wanted: GraphQLInputType, *, has_default: bool) -> str:
        """Return the name of a variable that may stand where the type is wanted."""
        known = [name for name, type_ in self.types.items() if str(type_) == str(wanted)]
        if known and self.random.random() < 0.5:
            return self.random.choice(known)
        name = f"v{len(self.types)}"
        type_ = wanted
        if isinstance(wanted, GraphQLNonNull):
            if self.random.random() < 0.2:
                type_ = wanted.of_type
                if not has_default or self.random.random() < 0.5:
                    self.defaults[name] = Literals(self.random, self.scalars, None).of(wanted)
        elif self.random.random() < 0.3:
            type_ = GraphQLNonNull(wanted)
        elif self.random.random() < 0.4:
            self.defaults[name] = Literals(self.random, self.scalars, None).of(wanted)
        self.types[name] = type_
        return name

    def define(self) -> str:
        """Return the definitions, in parentheses; empty when there is none."""
        if not self.types:
            return ""
        defaults = {name: f" = {text}" for name, text in self.defaults.items()}
        each = (f"${name}: {type_}{defaults.get(name, '')}" for name, type_ in self.types.items())
        return f"({', '.join(each)})"

    def give(self) -> dict[str, Any]:
        """Return values: mostly good, some left out, some null, few that cannot be read."""
        given: dict[str, Any] = {}
        for name, type_ in self.types.items():
            chance = self.random.random()
            if chance < 0.02:
                given[name] = self.random.choice(({"odd": 1}, "odd", [None], -1.5))
            elif chance < 0.05 and isinstance(type_, GraphQLNonNull):
                given[name] = None
            elif chance < 0.2 and (not isinstance(type_, GraphQLNonNull) or name in self.defaults):
                continue
            else:
                given[name] = plain_value(self.random, type_, self.scalars)
        if self.random.random() < 0.05:
            given["unknown"] = 1
        return given


@dataclass(frozen=True)
class Literals:
    """Writes literals; where `variables` are given, some values are variables."""

    random: Random
    scalars: Scalars
    variables: Variables | None

    def of(self, type_: GraphQLInputType, depth: int = 0, *, has_default: bool = False) -> str:
        """Return a literal of the type, or a variable that may stand for it."""
        if self.variables is not None and self.random.random() < 0.25:
            return f"${self.variables.name_one(type_, has_default=has_default)}"
        if not isinstance(type_, GraphQLNonNull) and self.random.random() < 0.1:
            return "null"
        bare: Any = get_nullable_type(type_)
        match bare:
            case GraphQLList():
                return self._list(bare, depth)
            case GraphQLInputObjectType():
                return self._object(bare, depth)
            case GraphQLEnumType():
                return str(self.random.choice(list(bare.values)))
            case _:
                return _write(self.random.choice(self.scalars.get(bare.name, ("x",))))

    def _list(self, type_: GraphQLList[Any], depth: int) -> str:
        if self.random.random() < 0.15:  # One item stands for a list of one.
            return self.of(type_.of_type, depth)
        items = (self.of(type_.of_type, depth) for _ in range(self.random.randrange(3)))
        return f"[{', '.join(items)}]"

    def _object(self, type_: GraphQLInputObjectType, depth: int) -> str:
        chosen = _choose_fields(self.random, type_, depth)
        may_miss = not is_one_of(type_)
        each = (
            f"{name}: {self.of(_of_field(type_, name), depth + 1, has_default=may_miss)}"
            for name in chosen
        )
        return "{" + ", ".join(each) + "}"


def plain_value(random: Random, type_: GraphQLInputType, scalars: Scalars, depth: int = 0) -> Any:
    """Return a value of the type as JSON has it."""
    if not isinstance(type_, GraphQLNonNull) and random.random() < 0.15:
        return None
    bare: Any = get_nullable_type(type_)
    match bare:
        case GraphQLList():
            if random.random() < 0.15:
                return plain_value(random, bare.of_type, scalars, depth)
            return [
                plain_value(random, bare.of_type, scalars, depth)
                for _ in range(random.randrange(3))
            ]
        case GraphQLInputObjectType():
            chosen = _choose_fields(random, bare, depth)
            return {
                name: plain_value(random, _of_field(bare, name), scalars, depth + 1)
                for name in chosen
            }
        case GraphQLEnumType():
            return random.choice(list(bare.values))
        case _:
            return random.choice(scalars.get(bare.name, ("x",)))


def is_one_of(type_: GraphQLInputObjectType) -> bool:
    """Return whether exactly one field is to be given; Strawberry says so in its own way."""
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return type_.is_one_of or bool(definition and definition.is_one_of)


def _choose_fields(random: Random, type_: GraphQLInputObjectType, depth: int) -> list[str]:
    if is_one_of(type_):
        return [random.choice(list(type_.fields))]
    share = 0.5 if depth < DEEPEST_INPUT else 0
    chosen = [
        name
        for name, each in type_.fields.items()
        if (isinstance(each.type, GraphQLNonNull) and each.default_value is None)
        or random.random() < share
    ]
    random.shuffle(chosen)
    return chosen


def _of_field(type_: GraphQLInputObjectType, name: str) -> GraphQLInputType:
    wanted = type_.fields[name].type
    return GraphQLNonNull(wanted) if is_one_of(type_) else wanted


def _write(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_write(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    return json.dumps(value)
