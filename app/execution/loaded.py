"""What a field will be as soon as a loader has loaded it."""

import asyncio
from asyncio import Future
from collections.abc import Callable, Generator
from typing import Any, Generic, Protocol, TypeVar

K_contra = TypeVar("K_contra", contravariant=True)
K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R")


class Loader(Protocol[K_contra, V]):
    """Loads keys together that it is asked for together."""

    def begin(self, key: K_contra, /) -> "Future[V]":
        """Return the future that all share who ask for the key."""


class Loaded(Generic[V, R]):
    """An awaitable of what `convert` makes of a future's value.

    graphql-core awaits it. A plan needs no task for it, waits once for all that a loader loads at a
    time, and where the value is there already, as it is for what a request has loaded before, it
    goes on at once.
    """

    __slots__ = ("_convert", "future", "loader")

    def __init__(
        self, loader: Loader[Any, V], future: "Future[V]", convert: Callable[[V], R]
    ) -> None:
        self.loader = loader
        self.future = future
        self._convert = convert

    def __await__(self) -> Generator[Any, None, R]:
        # Others may wait for the same: who is cancelled does not take it from them.
        value = yield from asyncio.shield(self.future).__await__()
        return self._convert(value)

    def get(self) -> R:
        """Return the value of a future that is done; raises what the future does."""
        return self._convert(self.future.result())


def loaded(loader: Loader[K, V], key: K, convert: Callable[[V], R]) -> R:
    """Return what stands for the value; resolvers declare what it will be."""
    return Loaded(loader, loader.begin(key), convert)  # type: ignore[return-value]
