"""What a field will be as soon as a loader has loaded it."""

from asyncio import Future
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

V = TypeVar("V")
R = TypeVar("R")


class Loaded(Generic[V, R]):
    """An awaitable of what `convert` makes of a future's value.

    graphql-core awaits it. A plan needs no task for it, and where the value is there already, as it
    is for what a request has loaded before, it goes on at once.
    """

    __slots__ = ("_convert", "future")

    def __init__(self, future: "Future[V]", convert: Callable[[V], R]) -> None:
        self.future = future
        self._convert = convert

    def __await__(self) -> Generator[Any, None, R]:
        value = yield from self.future.__await__()
        return self._convert(value)

    def get(self) -> R:
        """Return the value of a future that is done; raises what the future does."""
        return self._convert(self.future.result())


def loaded(future: "Future[V]", convert: Callable[[V], R]) -> R:
    """Return what stands for the value; resolvers declare what it will be."""
    return Loaded(future, convert)  # type: ignore[return-value]
