"""Lists: what is one, and what nulls and errors in it lead to.

After the tests of graphql-core (MIT License, (c) GraphQL Contributors, Syrus Akbary and
Christoph Zwerschke).
"""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

from tests.execution.cases.case import LATE, Case, Failure, later

BAD = RuntimeError("bad")
NULL_ITEM = Failure("Cannot return null for non-nullable field Query.list.", ("list", 1), (1, 3))
NULL_LIST = Failure("Cannot return null for non-nullable field Query.list.", ("list",), (1, 3))
BAD_ITEM = Failure("bad", ("list", 1), (1, 3))
BAD_LIST = Failure("bad", ("list",), (1, 3))
NO_LIST = Failure(
    "Expected Iterable, but did not find one for field 'Query.list'.", ("list",), (1, 3)
)

WHOLE = {"list": [1, 2]}
HOLE = {"list": [1, None, 2]}
NO = {"list": None}


Making = Callable[[Any], Any]


def _case(name: str, type_: str, make: Callable[[], Any], data: Any, *failures: Failure) -> Case:
    return Case(
        name=f"{type_} of {name}",
        schema=f"type Query {{ list: {type_} }}",
        document="{ list }",
        root=lambda: {"list": make()},
        data=data,
        failures=failures,
    )


NULLS: tuple[tuple[str, *tuple[tuple[Any, ...], ...]], ...] = (
    # type     own null            null in it         own error         error in it
    ("[Int]", (NO,), (HOLE,), (NO, BAD_LIST), (HOLE, BAD_ITEM)),
    ("[Int]!", (None, NULL_LIST), (HOLE,), (None, BAD_LIST), (HOLE, BAD_ITEM)),
    ("[Int!]", (NO,), (NO, NULL_ITEM), (NO, BAD_LIST), (NO, BAD_ITEM)),
    ("[Int!]!", (None, NULL_LIST), (None, NULL_ITEM), (None, BAD_LIST), (None, BAD_ITEM)),
)
"""What a list makes of its own null, of a null in it, and of errors in both places."""


def _nulls() -> Iterator[Case]:
    for (type_, *expected), is_late, late_items in product(NULLS, LATE, LATE):
        own, item = (later if is_late else _plain), (later if late_items else _plain)
        name = f"{'a late' if is_late else 'a'} list of {'late items' if late_items else 'items'}"
        null, hole, error, broken = expected
        yield _case(name, type_, _list_of(own, item, 1, 2), WHOLE)
        yield _case(f"{name}, null", type_, partial(own, None), *null)
        yield _case(f"{name} with a null", type_, _list_of(own, item, 1, None, 2), *hole)
        yield _case(f"{name}, an error", type_, partial(own, BAD), *error)
        yield _case(f"{name} with an error", type_, _list_of(own, item, 1, BAD, 2), *broken)


def _list_of(own: Making, item: Making, *values: Any) -> Callable[[], Any]:
    return lambda: own([item(value) for value in values])


def _plain(value: Any) -> Any:
    return value


def _generate(*, breaks: bool) -> Iterator[int]:
    yield 1
    if breaks:
        raise BAD
    yield 2


async def _generate_late(*, breaks: bool) -> AsyncIterator[Any]:
    yield 1
    if breaks:
        raise BAD
    yield 2


async def _generate_late_items(last: Any) -> AsyncIterator[Any]:
    yield later(1)
    yield last


class OwnIterable:
    def __iter__(self) -> Iterator[int]:
        return iter((1, 2))


class BothIterable(OwnIterable):
    """Iterable in both ways; the late way is taken."""

    async def __aiter__(self) -> AsyncIterator[int]:
        yield 7


class LateIterator:
    """An iterator without `aclose`."""

    def __init__(self) -> None:
        self.left = [1, 2]

    def __aiter__(self) -> "LateIterator":
        return self

    async def __anext__(self) -> int:
        if not self.left:
            raise StopAsyncIteration
        return self.left.pop(0)


def _iterables() -> Iterator[Case]:
    good: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("a tuple", lambda: (1, 2)),
        ("a set", lambda: {1, 2}),
        ("a range", lambda: range(1, 3)),
        ("an iterator", lambda: iter([1, 2])),
        ("a map", lambda: map(int, "12")),
        ("a view of a dict", {1: None, 2: None}.keys),
        ("a generator", lambda: _generate(breaks=False)),
        ("an iterable of its own", OwnIterable),
        ("an async generator", lambda: _generate_late(breaks=False)),
        ("an async generator of late items", lambda: _generate_late_items(2)),
        ("an async iterator", LateIterator),
    )
    for (name, make), type_ in product(good, ("[Int]", "[Int!]!")):
        yield _case(name, type_, make, WHOLE)
    yield _case("an iterable in both ways", "[Int]", BothIterable, {"list": [7]})
    bad: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("a dict", lambda: {1: 1}),
        ("a text", lambda: "text"),
        ("a number", lambda: 7),
    )
    for name, make in bad:
        yield _case(name, "[Int]", make, NO, NO_LIST)
        yield _case(name, "[Int]!", make, None, NO_LIST)
    broken: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("a generator that breaks", lambda: _generate(breaks=True)),
        ("an async generator that breaks", lambda: _generate_late(breaks=True)),
    )
    for name, make in broken:
        yield _case(name, "[Int]", make, NO, BAD_LIST)
        yield _case(name, "[Int!]!", make, None, BAD_LIST)
    failing = lambda: _generate_late_items(later(BAD))  # noqa: E731
    yield _case("an async generator of an error", "[Int]", failing, {"list": [1, None]}, BAD_ITEM)
    yield _case("an async generator of an error", "[Int!]", failing, NO, BAD_ITEM)


def _nested() -> Iterator[Case]:
    leaf = Failure("Int cannot represent non-integer value: 'x'", ("list", 1, 0), (1, 3))
    inner = Failure("Cannot return null for non-nullable field Query.list.", ("list", 1, 0), (1, 3))
    for is_late in LATE:
        of = later if is_late else _plain
        name = "late lists" if is_late else "lists"
        bad = f"{name} with a bad leaf"
        yield _case(f"{name} of lists", "[[Int]]", _rows(of, 2), {"list": [[1], [2, 3]]})
        yield _case(bad, "[[Int]]", _rows(of, "x"), {"list": [[1], [None, 3]]}, leaf)
        yield _case(bad, "[[Int!]]", _rows(of, "x"), {"list": [[1], None]}, leaf)
        yield _case(f"{name} with a null", "[[Int!]!]", _rows(of, None), NO, inner)
        yield _case(f"{name} with a null", "[[Int!]!]!", _rows(of, None), None, inner)


def _rows(of: Making, value: Any) -> Callable[[], Any]:
    return lambda: [of([of(1)]), of([of(value), 3])]


CASES = (*_nulls(), *_iterables(), *_nested())
