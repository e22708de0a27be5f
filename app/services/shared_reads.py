"""Reads that requests of one moment share."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from app.services.per_loop import PerLoop
from app.services.waiting import wait_among_others

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class SharedReads(Generic[K, V]):
    """One read for all who ask for the same while another read of it is under way.

    An answer is never older than the question: a read is shared only by those who asked before it
    began. So a lone request reads at once, and a busy server reads the same thing once at a time.
    """

    def __init__(self, read: Callable[[K], Awaitable[V]]) -> None:
        self._read = read
        self._reads: PerLoop[_Reads[V]] = PerLoop(_Reads)

    async def get(self, key: K) -> V:
        """Return what is read for `key`; raises what the read raises."""
        reads = self._reads.current()
        waiting = reads.waiting.get(key)
        if waiting is None:
            waiting = reads.waiting[key] = asyncio.create_task(self._read_next(key, reads))
        # One who goes away does not take the answer from the others.
        return await wait_among_others(waiting)

    async def _read_next(self, key: K, reads: "_Reads[V]") -> V:
        running = reads.running.get(key)
        if running is not None:
            await asyncio.wait({running})
        current = reads.running[key] = reads.waiting.pop(key)
        try:
            return await self._read(key)
        finally:
            if reads.running.get(key) is current:
                del reads.running[key]


class _Reads(Generic[V]):
    """The reads of one event loop, by key: those under way, and those to begin after them."""

    def __init__(self) -> None:
        self.running: dict[Hashable, asyncio.Task[V]] = {}
        self.waiting: dict[Hashable, asyncio.Task[V]] = {}
