"""Interfaces and unions: how the type of a value is found, and what is wrong with it.

After the tests of graphql-core (MIT License, (c) GraphQL Contributors, Syrus Akbary and
Christoph Zwerschke).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from graphql import GraphQLSchema, build_schema

from tests.execution.cases.case import LATE, Case, Failure, always, later

SDL = """
interface Being { name: String }
interface Pet implements Being { name: String friend: Pet }
type Dog implements Pet & Being { name: String friend: Pet barks: Boolean }
type Cat implements Pet & Being { name: String friend: Pet meows: Boolean }
type Person implements Being { name: String pets: [Pet] }
union Known = Dog | Person
type Stone { name: String }
type Query { pet: Pet pets: [Pet] sure: Pet! known: [Known] being: Being dog: Dog }
"""


@dataclass
class Dog:
    name: str
    barks: bool
    friend: Any = None


@dataclass
class Cat:
    name: str
    meows: bool
    friend: Any = None


@dataclass
class Person:
    name: str
    pets: tuple[Any, ...] = ()


REX, TOM, ANN = Dog("Rex", True), Cat("Tom", False), Person("Ann")
NAMES = {Dog: "Dog", Cat: "Cat", Person: "Person"}


def _schema(*, by: str, is_late: bool, answer: Callable[[Any], Any] | None = None) -> GraphQLSchema:
    """Return a schema whose types are found by `resolve_type` or by `is_type_of`."""
    schema = build_schema(SDL)
    types: Any = schema.type_map
    of = later if is_late else _plain
    if by == "resolve_type":
        for name in ("Being", "Pet", "Known"):
            types[name].resolve_type = lambda value, *_: of(
                answer(value) if answer else NAMES[type(value)]
            )
    else:
        for class_, name in NAMES.items():
            types[name].is_type_of = lambda value, _info, class_=class_: of(
                answer(class_) if answer else isinstance(value, class_)
            )
    return schema


def _plain(value: Any) -> Any:
    return value


def _found() -> Iterator[Case]:
    for by, is_late in product(("resolve_type", "is_type_of"), LATE):
        how = f"{by}{', late' if is_late else ''}"
        yield Case(
            name=f"interface by {how}",
            schema=_schema(by=by, is_late=is_late),
            document="{ pets { __typename name ... on Dog { barks } ... on Cat { meows } } }",
            root=lambda: {"pets": [REX, TOM, None]},
            data={
                "pets": [
                    {"__typename": "Dog", "name": "Rex", "barks": True},
                    {"__typename": "Cat", "name": "Tom", "meows": False},
                    None,
                ]
            },
        )
        yield Case(
            name=f"union by {how}",
            schema=_schema(by=by, is_late=is_late),
            document="{ known { ... on Being { name } ...P kind: __typename ... on Pet { name "
            "friend { name } } } } fragment P on Person { pets { ... on Known { __typename } } }",
            root=lambda: {"known": [Person("Ann", (REX, TOM)), Dog("Max", True, TOM)]},
            data={
                "known": [
                    {
                        "name": "Ann",
                        "pets": [{"__typename": "Dog"}, {}],
                        "kind": "Person",
                    },
                    {"name": "Max", "kind": "Dog", "friend": {"name": "Tom"}},
                ]
            },
        )


def _typenames() -> Iterator[Case]:
    class Said:
        __typename = "Dog"
        name = "Rex"

    values: tuple[tuple[str, Any], ...] = (
        ("a key", {"__typename": "Dog", "name": "Rex"}),
        ("a private attribute", Said()),
        ("an inherited private attribute", type("Heir", (Said,), {})()),
    )
    for name, value in values:
        yield Case(
            name=f"type is said by {name}",
            schema=SDL,
            document="{ being { __typename name } }",
            root=always({"being": value}),
            data={"being": {"__typename": "Dog", "name": "Rex"}},
        )


def _wrong_types() -> Iterator[Case]:
    table: tuple[tuple[Any, str], ...] = (
        (
            None,
            "Abstract type 'Pet' must resolve to an Object type at runtime for field 'Query.pet'."
            " Either the 'Pet' type should provide a 'resolve_type' function or each possible type"
            " should provide an 'is_type_of' function.",
        ),
        ("Stone", "Runtime Object type 'Stone' is not a possible type for 'Pet'."),
        ("Ghost", "Abstract type 'Pet' was resolved to a type 'Ghost' that does not exist inside"
                  " the schema."),
        ("Being", "Abstract type 'Pet' was resolved to a non-object type 'Being'."),
        (7, "Abstract type 'Pet' must resolve to an Object type at runtime for field 'Query.pet'"
            " with value 'x', received '7', which is not a valid Object type name."),
        (RuntimeError("odd"), "odd"),
    )  # fmt: skip
    for (name, message), is_late in product(table, LATE):
        for field, data in (("pet", {"pet": None}), ("sure", None)):
            yield Case(
                name=f"{field} of type {name!r}{', late' if is_late else ''}",
                schema=_schema(by="resolve_type", is_late=is_late, answer=_answer(name, is_late)),
                document=f"{{ {field} {{ name }} }}",
                root=always({field: "x"}),
                data=data,
                failures=(
                    Failure(message.replace("Query.pet", f"Query.{field}"), (field,), (1, 3)),
                ),
            )


def _answer(name: Any, is_late: bool) -> Callable[[Any], Any]:
    def answer(_value: Any) -> Any:
        if isinstance(name, Exception) and not is_late:
            raise name
        return name

    return answer


def _no_such_objects() -> Iterator[Case]:
    for is_late in LATE:
        yield Case(
            name=f"an object that is not of its type{', said late' if is_late else ''}",
            schema=_schema(by="is_type_of", is_late=is_late),
            document="{ dog { name } }",
            root=lambda: {"dog": "a stone"},
            data={"dog": None},
            failures=(
                Failure("Expected value of type 'Dog' but got: 'a stone'.", ("dog",), (1, 3)),
            ),
        )
        yield Case(
            name=f"a type that cannot be told{', late' if is_late else ''}",
            schema=_schema(
                by="is_type_of", is_late=is_late, answer=_answer(RuntimeError("no"), is_late)
            ),
            document="{ pet { name } }",
            root=lambda: {"pet": REX},
            data={"pet": None},
            failures=(Failure("no", ("pet",), (1, 3)),),
        )


CASES = (*_found(), *_typenames(), *_wrong_types(), *_no_such_objects())
