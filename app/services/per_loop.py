"""What a process has one of: one for each event loop, of which only tests have several."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes a thing for an event loop when it is first asked for, and drops it with the loop."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def current(self) -> T:
        """Return that of the running loop."""
        made = self._made.get(asyncio.get_running_loop())
        return self.renew() if made is None else made

    def renew(self) -> T:
        """Return a new one for the running loop, in the place of any before it."""
        made = self._made[asyncio.get_running_loop()] = self._make()
        return made
