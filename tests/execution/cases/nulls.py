"""Nulls and errors: where they stop, and which of them are told.

After the tests of graphql-core (MIT License, (c) GraphQL Contributors, Syrus Akbary and
Christoph Zwerschke).
"""

from collections.abc import Iterator
from typing import Any

from tests.execution.cases.case import Case, Failure, later

SCHEMA = """
type Tree { now: String nowSure: String! late: String lateSure: String!
  nest: Tree nestSure: Tree! lateNest: Tree lateNestSure: Tree! }
type Query { now: String nowSure: String! late: String lateSure: String!
  nest: Tree nestSure: Tree! lateNest: Tree lateNestSure: Tree!
  echo(text: String!): String sureEcho(text: String!): String! }
"""


class Nulls:
    """Every leaf is null; `tell` says how."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "cho" in name:
            raise AttributeError(name)
        if "est" in name:
            return later(type(self)()) if name.startswith("late") else type(self)()
        return self.leaf(name)

    def leaf(self, name: str) -> Any:
        return later(None) if name.startswith("late") else None

    def echo(self, _info: Any, text: str) -> str:
        return text

    sureEcho = echo  # noqa: N815


class Errors(Nulls):
    def leaf(self, name: str) -> Any:
        if name.startswith("late"):
            return later(RuntimeError(name))
        raise RuntimeError(name)


def _null(place: str) -> str:
    return f"Cannot return null for non-nullable field {place}."


def _case(name: str, document: str, nulls: Any, errors: Any, *paths: str) -> Iterator[Case]:
    """Yield both sorts of case: `paths` are those of the fields that must not be null."""
    failures = [tuple(path.split(".")) for path in paths]
    yield Case(
        name=f"{name}, by null",
        schema=SCHEMA,
        document=document,
        root=Nulls,
        data=nulls,
        failures=tuple(
            Failure(_null(f"{'Tree' if len(path) > 1 else 'Query'}.{path[-1]}"), path)
            for path in failures
        ),
    )
    yield Case(
        name=f"{name}, by error",
        schema=SCHEMA,
        document=document,
        root=Errors,
        data=errors,
        failures=tuple(Failure(path[-1], path) for path in failures),
    )


def _both(name: str, document: str, data: Any, *paths: str) -> Iterator[Case]:
    yield from _case(name, document, data, data, *paths)


def _propagating() -> Iterator[Case]:
    yield from _both("of the whole answer", "{ nowSure }", None, "nowSure")
    yield from _both("of the whole answer, late", "{ lateSure }", None, "lateSure")
    for nest in ("nest", "lateNest"):
        for leaf in ("nowSure", "lateSure"):
            yield from _both(
                f"of {nest} by {leaf}",
                f"{{ a: {nest} {{ {leaf} }} }}".replace("a: ", ""),
                {nest: None},
                f"{nest}.{leaf}",
            )
            chain = f"{nest} {{ nestSure {{ lateNestSure {{ nestSure {{ {leaf} }} }} }} }}"
            yield from _both(
                f"of {nest} through a long chain by {leaf}",
                f"{{ {chain} }}",
                {nest: None},
                f"{nest}.nestSure.lateNestSure.nestSure.{leaf}",
            )
            yield from _both(
                f"of everything through {nest}Sure by {leaf}",
                f"{{ {nest}Sure {{ {leaf} }} }}",
                None,
                f"{nest}Sure.{leaf}",
            )


def _errors_of_siblings() -> Iterator[Case]:
    yield Case(
        name="the second of two fields that must not be null is not asked",
        schema=SCHEMA,
        document="{ nest { nowSure other: nowSure } }",
        root=Errors,
        data={"nest": None},
        failures=(Failure("nowSure", ("nest", "nowSure"), (1, 10)),),
    )
    yield Case(
        name="an error before that which makes the parent null is told as well",
        schema=SCHEMA,
        document="{ nest { now nowSure } now }",
        root=Errors,
        data={"nest": None, "now": None},
        failures=(
            Failure("now", ("nest", "now"), (1, 10)),
            Failure("nowSure", ("nest", "nowSure"), (1, 14)),
            Failure("now", ("now",), (1, 24)),
        ),
    )
    yield Case(
        name="errors at once before late ones",
        schema=SCHEMA,
        document="{ late now nest { now late } }",
        root=Errors,
        data={"late": None, "now": None, "nest": {"now": None, "late": None}},
        failures=(
            Failure("now", ("now",), (1, 8)),
            Failure("now", ("nest", "now"), (1, 19)),
            Failure("late", ("late",), (1, 3)),
            Failure("late", ("nest", "late"), (1, 23)),
        ),
    )


def _arguments() -> Iterator[Case]:
    definition = "query ($text: String!)"
    missing = "Argument 'text' of required type 'String!' was not provided."
    for field, data in (("echo", {"echo": None}), ("sureEcho", None)):
        yield Case(
            name=f"{field} with an argument",
            schema=SCHEMA,
            document=f"{definition} {{ {field}(text: $text) }}",
            root=Nulls,
            variables={"text": "so"},
            data={field: "so"},
        )
        yield Case(
            name=f"{field} without its argument",
            schema=SCHEMA,
            document=f"{{ {field} }}",
            root=Nulls,
            data=data,
            failures=(Failure(missing, (field,), (1, 3)),),
        )


CASES = (*_propagating(), *_errors_of_siblings(), *_arguments())
