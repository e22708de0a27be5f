"""Stopping in order: not ready first, then no more connections, then the sockets, then the rest."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


class Draining:
    """How far a server process is on its way to its end."""

    def __init__(self) -> None:
        self.is_begun = False
        """Whether the process serves on, but asks to be sent nothing new."""

        self._closing = asyncio.Event()

    def begin(self) -> None:
        """Stop being ready."""
        self.is_begun = True

    def close(self) -> None:
        """End what has no end by itself; what is under way is still answered."""
        self.begin()
        self._closing.set()

    @property
    def is_closing(self) -> bool:
        """Whether sockets and streams are to end."""
        return self._closing.is_set()

    async def wait_for_closing(self) -> None:
        """Return when sockets and streams are to end."""
        await self._closing.wait()


@contextlib.contextmanager
def begun_by_sigterm(draining: Draining, *, seconds: float) -> Iterator[None]:
    """Let SIGTERM begin the draining, and reach who handled it before so many seconds later.

    Meanwhile load balancers notice that the process is not ready, and send it nothing more. A
    second SIGTERM does not wait.
    """
    previous = signal.getsignal(signal.SIGTERM)
    is_main = threading.current_thread() is threading.main_thread()
    if not (is_main and callable(previous)):
        yield
        return
    handler = _Delayed(previous, draining, seconds=seconds)
    signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


class _Delayed:
    def __init__(
        self, handler: Callable[[int, FrameType | None], Any], draining: Draining, *, seconds: float
    ) -> None:
        self._handler = handler
        self._draining = draining
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()

    def __call__(self, number: int, frame: FrameType | None) -> None:
        is_second = self._draining.is_begun
        self._draining.begin()
        if is_second or not self._seconds:
            self._handler(number, frame)
            return
        self._loop.call_soon_threadsafe(
            self._loop.call_later, self._seconds, self._handler, number, None
        )
