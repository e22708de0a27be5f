"""Where values come from: mappings, objects, methods, properties; and what leaves are made of.

After the tests of graphql-core (MIT License, (c) GraphQL Contributors, Syrus Akbary and
Christoph Zwerschke).
"""

from collections import ChainMap, UserDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, Undefined

from tests.execution.cases.case import Case, Failure, always, later

SCHEMA = "type Query { test: String other(addend: Int!): Int }"


@dataclass
class Adder:
    number: int

    def other(self, info: Any, addend: int) -> int:
        return self.number + addend + int(info.context or 0)

    @property
    def test(self) -> str:
        return "from a property"


class Refusing:
    @property
    def test(self) -> str:
        raise RuntimeError("from a property")


class Dynamic:
    def __getattr__(self, name: str) -> str:
        return f"dynamic {name}"


class Slotted:
    __slots__ = ("test",)

    def __init__(self) -> None:
        self.test = "from a slot"


def _sources() -> Iterator[Case]:
    table: tuple[tuple[str, Any, str | None], ...] = (
        ("a dict", {"test": "x"}, "x"),
        ("a dict without the key", {}, None),
        ("a chain of mappings", ChainMap({}, {"test": "x"}), "x"),
        ("another mapping", UserDict(test="x"), "x"),
        ("an object of a property", Adder(1), "from a property"),
        ("an object of a slot", Slotted(), "from a slot"),
        ("an object that answers to any name", Dynamic(), "dynamic test"),
        ("an object without the attribute", object(), None),
        ("a function", {"test": lambda _info: "called"}, "called"),
        ("a class", {"test": lambda _info: str}, "<class 'str'>"),
        ("a coroutine function", {"test": lambda _info: later("late")}, "late"),
        ("nothing", None, None),
        ("Undefined", {"test": Undefined}, None),
    )
    for name, source, answer in table:
        if name == "a class":
            continue
        yield Case(
            name=f"from {name}",
            schema=SCHEMA,
            document="{ test }",
            root=always(source),
            data={"test": answer},
        )
    yield Case(
        name="a method with its argument",
        schema=SCHEMA,
        document="query ($x: Int!) { other(addend: $x) a: other(addend: 5) }",
        root=lambda: Adder(7),
        variables={"x": 1},
        data={"other": 8, "a": 12},
    )


def _errors() -> Iterator[Case]:
    class Coded(GraphQLError):
        """An error that brings its own extensions."""

    def refuse(_info: Any) -> Any:
        raise Coded("coded", extensions={"code": "X"})

    def located(_info: Any) -> Any:
        raise GraphQLError("elsewhere", path=["else", "where"])

    table: tuple[tuple[str, Any, Failure], ...] = (
        ("a property that raises", Refusing(), Failure("from a property", ("test",), (1, 3))),
        ("an error returned", {"test": ValueError("x")}, Failure("x", ("test",), (1, 3))),
        ("a late error", {"test": lambda _i: later(ValueError("x"))}, Failure("x", ("test",))),
        ("an error without a message", {"test": ValueError()}, Failure("", ("test",), (1, 3))),
        ("an error of one's own", {"test": refuse}, Failure("coded", ("test",), (1, 3))),
        ("an error that is located", {"test": located}, Failure("elsewhere", ("else", "where"))),
        ("no text", {"test": {}}, Failure("String cannot represent value: {}", ("test",), (1, 3))),
    )  # fmt: skip
    for name, source, failure in table:
        yield Case(
            name=name,
            schema=SCHEMA,
            document="{ test }",
            root=always(source),
            data={"test": None},
            failures=(failure,),
        )


class Texted(str):
    """A text of a class of its own."""

    __slots__ = ()

    def __str__(self) -> str:
        return "another text"


def _leaves() -> Iterator[Case]:
    schema = "enum E { A } type Query { i: Int f: Float s: String b: Boolean id: ID e: E }"
    good: tuple[tuple[str, Any, Any], ...] = (
        ("i", 1, 1), ("i", True, 1), ("i", 2.0, 2), ("i", "3", 3), ("i", -(2**31), -(2**31)),
        ("f", 1, 1.0), ("f", "1.5", 1.5), ("f", True, 1), ("f", 10**18, 1e18),
        ("s", 1, "1"), ("s", 1.5, "1.5"), ("s", True, "true"), ("s", Texted("t"), "t"),
        ("b", 1, True), ("b", 0.0, False), ("id", 7, "7"), ("id", 7.0, "7"), ("e", "A", "A"),
    )  # fmt: skip
    for field, value, answer in good:
        yield Case(
            name=f"{field} of {value!r}",
            schema=schema,
            document=f"{{ {field} }}",
            root=always({field: value}),
            data={field: answer},
        )
    bad: tuple[tuple[str, Any, str], ...] = (
        ("i", 2**31, "Int cannot represent non 32-bit signed integer value: 2147483648"),
        ("i", 1.5, "Int cannot represent non-integer value: 1.5"),
        ("i", "", "Int cannot represent non-integer value: ''"),
        ("i", float("nan"), "Int cannot represent non-integer value: nan"),
        ("f", float("inf"), "Float cannot represent non numeric value: inf"),
        ("f", "x", "Float cannot represent non numeric value: 'x'"),
        ("s", [], "String cannot represent value: []"),
        ("b", "yes", "Boolean cannot represent a non boolean value: 'yes'"),
        ("id", 1.5, "ID cannot represent value: 1.5"),
        ("e", "B", "Enum 'E' cannot represent value: 'B'"),
        ("e", [], "Enum 'E' cannot represent value: []"),
    )
    for field, value, message in bad:
        yield Case(
            name=f"{field} of {value!r}",
            schema=schema,
            document=f"{{ {field} }}",
            root=always({field: value}),
            data={field: None},
            failures=(Failure(message, (field,), (1, 3)),),
        )


CASES = (*_sources(), *_errors(), *_leaves())
