"""Random documents with all that `hypothesis-graphql` leaves out: fragments in fragments, aliases,
merged fields, conditions, variables in every place, `__typename` and several operations.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_composite_type,
    is_required_argument,
    parse,
    validate,
)

from tests.execution.input_values import SCALARS, Literals, Scalars, Variables

HOSTILE_ALIASES = ("self", "None", "_class__", "lambda", "data", "info", "exec", "p0")
DEEPEST = 5


@dataclass(frozen=True)
class Request:
    """A valid document, and what to execute of it with which variables."""

    document: str
    operation: str
    operation_name: str | None
    variables: dict[str, Any]


def requests(
    schema: GraphQLSchema,
    *,
    seed: int,
    scalars: Scalars = SCALARS,
    leaving_out: frozenset[str] = frozenset(),
) -> Iterator[Request]:
    """Yield valid requests without end, always the same for a seed.

    No field is asked whose name is `leaving_out`.
    """
    number = 0
    while True:
        number += 1
        writer = Writer(schema, Random(f"{seed}/{number}"), scalars, leaving_out)  # noqa: S311
        request = writer.write()
        if not validate(schema, parse(request.document)):
            yield request


@dataclass
class Fragment:
    on: GraphQLNamedType
    body: str
    height: int


@dataclass
class Writer:
    """Writes one request; most of what it writes is valid."""

    schema: GraphQLSchema
    random: Random
    scalars: Scalars
    leaving_out: frozenset[str] = frozenset()
    fields_left: int = 40
    fragments: dict[str, Fragment] = field(default_factory=dict)
    known: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By response key: the field's name, its type and the text of its arguments."""

    def __post_init__(self) -> None:
        self.fields_left = self.random.choice((4, 8, 20, 40))
        self.variables = Variables(self.random, self.scalars)
        self.values = Literals(self.random, self.scalars, self.variables)

    def write(self) -> Request:
        """Return a request whose variables and fragments are all used, as a rule."""
        operation = "mutation" if self.schema.mutation_type and self._may(0.15) else "query"
        bodies = [self._selections(self._root(operation), 0)]
        others = [self._operation("query", f"Other{n}") for n in range(self._may(0.1))]
        name = "Asked" if others or self._may(0.5) else None
        asked = f"{operation} {name or ''}{self.variables.define()} {bodies[0]}"
        fragments = [f"fragment {n} on {each.on} {each.body}" for n, each in self.fragments.items()]
        parts = [asked, *others, *fragments]
        self.random.shuffle(parts)
        return Request("\n".join(parts), operation, name, self.variables.give())

    def _operation(self, operation: str, name: str) -> str:
        return f"{operation} {name} {{ __typename }}"

    def _root(self, operation: str) -> GraphQLObjectType:
        query, mutation = self.schema.query_type, self.schema.mutation_type
        root = query if operation == "query" else mutation
        assert root is not None
        return root

    def _may(self, probability: float) -> bool:
        return self.random.random() < probability

    def _selections(self, type_: GraphQLNamedType, depth: int) -> str:
        count = self.random.choice((1, 2, 3, 4, 6))
        written = [self._selection(type_, depth) for _ in range(count)]
        return "{ " + " ".join(written) + " }"

    def _selection(self, type_: GraphQLNamedType, depth: int) -> str:
        if self._may(0.12) and depth < DEEPEST:
            return self._inline_fragment(type_, depth)
        if self._may(0.12) and depth < DEEPEST:
            return self._spread(type_, depth)
        if isinstance(type_, GraphQLUnionType):
            is_leaf = depth >= DEEPEST or self._may(0.2)
            return self._typename() if is_leaf else self._inline_fragment(type_, depth)
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        if self._may(0.06):
            return self._typename()
        return self._field(type_, depth)

    def _typename(self) -> str:
        return self.random.choice(("__typename", "kind: __typename")) + self._conditions()

    def _field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        names = [
            name
            for name, each in type_.fields.items()
            if (depth < DEEPEST and self.fields_left > 0)
            or not is_composite_type(get_named_type(each.type))
            if name not in self.leaving_out
        ]
        if not names:
            return self._typename()
        self.fields_left -= 1
        name = self.random.choice(names)
        asked = type_.fields[name]
        head = self._head(name, asked)
        inner = get_named_type(asked.type)
        body = f" {self._selections(inner, depth + 1)}" if is_composite_type(inner) else ""
        return head + self._conditions() + body

    def _head(self, name: str, asked: GraphQLField) -> str:
        variant = self.random.randrange(4)
        key = (name, name, f"{name}{variant}", self.random.choice(HOSTILE_ALIASES))[variant]
        while key in self.known and self.known[key][:2] != (name, str(asked.type)):
            key = f"{key}_{len(self.known)}"
        if key not in self.known:
            self.known[key] = (name, str(asked.type), self._arguments(asked.args))
        arguments = self.known[key][2]
        return (
            f"{key}: {name}{arguments}" if key != name or self._may(0.1) else f"{name}{arguments}"
        )

    def _arguments(self, arguments: dict[str, GraphQLArgument]) -> str:
        written = [
            f"{name}: {self.values.of(each.type, has_default=each.default_value is not Undefined)}"
            for name, each in arguments.items()
            if is_required_argument(each) or self._may(0.4)
        ]
        self.random.shuffle(written)
        return f"({', '.join(written)})" if written else ""

    def _conditions(self) -> str:
        written = [
            f" @{name}(if: {self._flag()})" for name in ("skip", "include") if self._may(0.07)
        ]
        self.random.shuffle(written)
        return "".join(written)

    def _flag(self) -> str:
        if self._may(0.4):
            return self.random.choice(("true", "false"))
        return f"${self.variables.name_one(GraphQLNonNull(GraphQLBoolean), has_default=False)}"

    def _inline_fragment(self, type_: GraphQLNamedType, depth: int) -> str:
        on = self._overlapping(type_)
        condition = "" if on is type_ and self._may(0.5) else f" on {on}"
        return f"...{condition}{self._conditions()} {self._selections(on, depth + 1)}"

    def _spread(self, type_: GraphQLNamedType, depth: int) -> str:
        usable = [
            name
            for name, each in self.fragments.items()
            if self._overlap(type_, each.on) and depth + each.height <= DEEPEST + 1
        ]
        if usable and self._may(0.6):
            return f"...{self.random.choice(usable)}{self._conditions()}"
        on = self._overlapping(type_)
        body = self._selections(on, depth + 1)
        name = f"{self.random.choice('FGH')}{len(self.fragments)}"
        self.fragments[name] = Fragment(on, body, height=DEEPEST + 1 - depth)
        return f"...{name}{self._conditions()}"

    def _overlapping(self, type_: GraphQLNamedType) -> GraphQLNamedType:
        candidates = [
            each
            for name, each in self.schema.type_map.items()
            if is_composite_type(each) and not name.startswith("__") and self._overlap(type_, each)
        ]
        return type_ if self._may(0.3) else self.random.choice(candidates)

    def _overlap(self, one: GraphQLNamedType, other: GraphQLNamedType) -> bool:
        return bool(self._concrete(one) & self._concrete(other))

    def _concrete(self, type_: GraphQLNamedType) -> frozenset[str]:
        if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
            return frozenset(each.name for each in self.schema.get_possible_types(type_))
        return frozenset({type_.name})
