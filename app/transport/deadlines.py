"""Ending operations that take too long or that nobody waits for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeAlias, TypeVar

from prometheus_client import Gauge

OPERATIONS_IN_PROGRESS = Gauge(
    "scheduler_operations_in_progress",
    "Queries and mutations that run now.",
    multiprocess_mode="livesum",
)

R = TypeVar("R")
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]

logger = logging.getLogger(__name__)


class ClientGone(Exception):
    """The client closed the connection; there is nobody to answer."""


class OperationRunner:
    """Runs operations, each up to a deadline.

    What must finish, a mutation, is never stopped half-way: when its client goes it runs on, and at
    the deadline only the waiting ends.
    """

    def __init__(self, deadline_seconds: float) -> None:
        self.deadline_seconds = deadline_seconds
        self._unfinished: set[asyncio.Task[Any]] = set()

    async def run(
        self,
        operation: Coroutine[Any, Any, R],
        *,
        receive: Receive,
        must_finish: Callable[[], bool],
    ) -> R:
        """Return what the operation returns, or raise what it raises.

        `receive` is the connection's, with the request already read. Raises TimeoutError at the
        deadline, ClientGone when the client went.
        """
        running = asyncio.create_task(operation)
        OPERATIONS_IN_PROGRESS.inc()
        running.add_done_callback(_note_end)
        leaving = asyncio.create_task(_wait_for_disconnect(receive))
        try:
            async with asyncio.timeout(self.deadline_seconds):
                await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if not running.done() and not must_finish():
                    raise ClientGone
                await asyncio.wait({running})
        finally:
            leaving.cancel()
            if not running.done():
                self._leave(running, must_finish=must_finish())
        return running.result()

    def _leave(self, running: asyncio.Task[Any], *, must_finish: bool) -> None:
        if must_finish:
            self._unfinished.add(running)
            running.add_done_callback(self._forget)
        else:
            running.cancel()

    def _forget(self, finished: asyncio.Task[Any]) -> None:
        self._unfinished.discard(finished)
        if not finished.cancelled() and (error := finished.exception()):
            logger.error("an operation failed after its deadline", exc_info=error)

    async def wait_for_unfinished(self, *, at_most_seconds: float | None = None) -> None:
        """Wait until the mutations nobody waits for any more are done, at the end of a server."""
        if self._unfinished:
            timeout = self.deadline_seconds if at_most_seconds is None else at_most_seconds
            await asyncio.wait(self._unfinished, timeout=timeout)


def _note_end(operation: asyncio.Task[Any]) -> None:
    OPERATIONS_IN_PROGRESS.dec()
    if not operation.cancelled():
        # Whoever waits raises it. When nobody does any more, as when a socket was closed in that
        # very moment, it must not be reported as forgotten.
        operation.exception()


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
