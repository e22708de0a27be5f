"""What is selected: fragments, merged fields, conditions, aliases and operations.

After the tests of graphql-core (MIT License, (c) GraphQL Contributors, Syrus Akbary and
Christoph Zwerschke).
"""

from collections.abc import Iterator
from typing import Any

from tests.execution.cases.case import Case, Failure, later

SCHEMA = """
type Deep { a: String b: String c: String deeper: [Deep] deep: Deep pic(size: Int): String }
type Query { a: String b: String c: String d: String e: String deep: Deep echo(x: Int): String }
type Mutation { a: String first: Int second: Int bad: Int sure: Int! }
"""


def _deep() -> dict[str, Any]:
    leaf = {"a": "A", "b": "B", "c": "C"}
    return {
        **leaf,
        "deeper": [leaf, None, leaf],
        "deep": leaf,
        "pic": lambda _info, size: f"Pic {size}",
    }


def _root() -> dict[str, Any]:
    return {
        "a": "a",
        "b": lambda _info: later("b"),
        "c": "c",
        "d": lambda _info: later("d"),
        "e": "e",
        "deep": _deep,
        "echo": lambda _info, x=None: f"{x}",
    }


def _source(_info: Any) -> dict[str, Any]:
    return _deep()


def _case(name: str, document: str, data: Any, **variables: Any) -> Case:
    root = lambda: {**_root(), "deep": _source}  # noqa: E731
    return Case(
        name=name, schema=SCHEMA, document=document, root=root, data=data, variables=variables
    )


def _merging() -> Iterator[Case]:
    yield _case(
        "keys keep their order whoever is late",
        "{ e b c d a }",
        dict(zip("ebcda", "ebcda", strict=True)),
    )
    yield _case(
        "first appearance gives a key its place",
        "{ a ...F c } fragment F on Query { b c ... { e a } }",
        {"a": "a", "b": "b", "c": "c", "e": "e"},
    )
    yield _case(
        "parallel fragments are merged",
        """{ a, ...FragOne, ...FragTwo }
        fragment FragOne on Query { b deep { b, deeper: deep { b } } }
        fragment FragTwo on Query { c deep { c, deeper: deep { c } } }""",
        {
            "a": "a",
            "b": "b",
            "deep": {"b": "B", "deeper": {"b": "B", "c": "C"}, "c": "C"},
            "c": "c",
        },
    )
    yield _case(
        "fields of one key are merged in lists",
        "{ deep { deeper { a } ... on Deep { deeper { c b } } deeper { a } } }",
        {
            "deep": {
                "deeper": [{"a": "A", "c": "C", "b": "B"}, None, {"a": "A", "c": "C", "b": "B"}]
            }
        },
    )
    yield _case(
        "one field under two aliases",
        "query ($s: Int) { deep { big: pic(size: 9) pic(size: $s) small: pic(size: 1) } }",
        {"deep": {"big": "Pic 9", "pic": "Pic 5", "small": "Pic 1"}},
        s=5,
    )
    yield _case(
        "hostile aliases",
        "{ self: a None: b lambda: a _class: c __x: a Δ }".replace(" Δ", ""),
        {"self": "a", "None": "b", "lambda": "a", "_class": "c", "__x": "a"},
    )
    yield _case(
        "the type's name",
        "{ __typename deep { __typename kind: __typename ...{ __typename } } }",
        {"__typename": "Query", "deep": {"__typename": "Deep", "kind": "Deep"}},
    )
    yield _case(
        "a fragment that is spread twice counts once, where it is first",
        "{ deep { b ...F a ...F c } } fragment F on Deep { c }",
        {"deep": {"b": "B", "c": "C", "a": "A"}},
    )


def _conditions() -> Iterator[Case]:
    both = {"a": "a", "c": "c"}
    one = {"a": "a"}
    for condition, data in (
        ("@include(if: true)", both),
        ("@include(if: false)", one),
        ("@skip(if: false)", both),
        ("@skip(if: true)", one),
        ("@include(if: true) @skip(if: false)", both),
        ("@include(if: true) @skip(if: true)", one),
        ("@include(if: false) @skip(if: true)", one),
        ("@include(if: false) @skip(if: false)", one),
    ):
        for place, document in (
            ("a field", f"{{ a c {condition} }}"),
            ("a fragment", f"{{ a ...F {condition} }} fragment F on Query {{ c }}"),
            ("an inline fragment", f"{{ a ... on Query {condition} {{ c }} }}"),
            ("a fragment of no type", f"{{ a ... {condition} {{ c }} }}"),
        ):
            yield _case(f"{condition} at {place}", document, data)
            for word in ("true", "false"):
                if word in condition:
                    yield _case(
                        f"{condition} at {place}, {word} by variable",
                        "query ($v: Boolean!) " + document.replace(word, "$v"),
                        data,
                        v=word == "true",
                    )


def _combined_conditions() -> Iterator[Case]:
    document = """query ($x: Boolean = false, $y: Boolean!) {
      c @include(if: $x) deep @skip(if: $y) { a ...F @include(if: $x) }
      deep { b @skip(if: $x) deep @include(if: $y) { a } } c a @skip(if: $x) }
      fragment F on Deep { c deep { c } deep @include(if: $y) { b } }"""
    b = {"b": "B"}
    table: tuple[tuple[dict[str, bool], Any], ...] = (
        ({"y": False}, {"deep": {"a": "A", **b}, "c": "c", "a": "a"}),
        ({"y": True}, {"deep": {**b, "deep": {"a": "A"}}, "c": "c", "a": "a"}),
        ({"y": False, "x": True}, {"c": "c", "deep": {"a": "A", "c": "C", "deep": {"c": "C"}}}),
        ({"y": True, "x": True}, {"c": "c", "deep": {"deep": {"a": "A"}}}),
    )
    for given, data in table:
        yield _case(f"conditions with {given}", document, data, **given)
    yield _case("nothing is left", "{ deep { a @skip(if: true) } }", {"deep": {}})
    yield _case("nothing is left at all", "{ a @include(if: false) }", {})


def _operations() -> Iterator[Case]:
    document = "query One { a } query Two { c } mutation Three { first }"
    for name, data in (("One", {"a": "a"}), ("Two", {"c": "c"}), ("Three", {"first": 1})):
        yield Case(
            name=f"operation {name} of several",
            schema=SCHEMA,
            document=document,
            root=lambda: {**_root(), "first": 1},
            operation_name=name,
            data=data,
        )


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def first(self, _info: Any) -> Any:
        self.count += 1
        return self.count

    async def second(self, _info: Any) -> Any:
        before = self.count
        for _ in range(3):
            await later(None)
        self.count = before + 1
        return self.count

    def bad(self, _info: Any) -> Any:
        self.count += 1
        raise RuntimeError("bad")

    async def sure(self, _info: Any) -> Any:
        self.count += 1


def _mutations() -> Iterator[Case]:
    yield Case(
        name="mutations one after the other, in a fragment too",
        schema=SCHEMA,
        document="mutation { a: first b: second ...F e: first } fragment F on Mutation "
        "{ c: second d: bad f: second }",
        root=Counter,
        data={"a": 1, "b": 2, "c": 3, "d": None, "f": 5, "e": 6},
        failures=(Failure("bad", ("d",)),),
    )
    yield Case(
        name="a mutation's null ends the ones behind it",
        schema=SCHEMA,
        document="mutation { first sure second }",
        root=Counter,
        data=None,
        failures=(Failure("Cannot return null for non-nullable field Mutation.sure.", ("sure",)),),
    )


CASES = (
    *_merging(),
    *_conditions(),
    *_combined_conditions(),
    *_operations(),
    *_mutations(),
)
