"""Long computations in a process of their own, so that the event loop stays free.

Threads would not do: pure Python holds the interpreter's lock, so a computation of seconds in a
thread delays every other request by a part of each switch between the two. The process is started
anew and not forked, because the driver's threads may hold locks at the moment of a fork.
"""

import asyncio
import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final, ParamSpec, TypeVar

MAX_WAITING: Final = 128
"""More than the 100 routers of a page, the problems of all of which are asked for at once."""

START_SECONDS: Final = 60.0
"""For the process to start, which on a busy machine takes longer than many a computation may."""

P = ParamSpec("P")
R = TypeVar("R")


class OutOfTime(Exception):
    """The computation took longer than it may, or its process was ended."""


class Busy(Exception):
    """Too many computations wait already; worth a retry."""


class ComputingProcess:
    """Computes one thing after another in a process that is started when it is first needed.

    May be shared by event loops. The process ends with this one, however this one ends.
    """

    def __init__(self) -> None:
        self._queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="computing")
        self._waiting = 0
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._has_started = False
        self._lock = threading.Lock()

    async def run(
        self,
        function: Callable[P, R],
        time_limit_seconds: float,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Return what a function of a module returns; it, its arguments and result are pickled.

        The limit begins when the computation does, the process being there. Raises OutOfTime, Busy,
        or what the function raises.
        """
        if self._waiting >= MAX_WAITING:
            raise Busy
        self._waiting += 1
        try:
            task = partial(function, *args, **kwargs)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._queue, self._compute, task, time_limit_seconds)
        finally:
            self._waiting -= 1

    def stop(self) -> None:
        """End the process, and with OutOfTime what it computes; it is started again when needed."""
        with self._lock:
            if self._process is not None and self._connection is not None:
                self._process.kill()
                self._process.join()
                self._connection.close()
            self._process = self._connection = None

    def _compute(self, task: Callable[[], R], time_limit_seconds: float) -> R:
        connection = self._connect()
        try:
            self._wait_until_started(connection)
            connection.send(task)
            if not connection.poll(time_limit_seconds):
                raise OutOfTime
            result, error = connection.recv()
        except (EOFError, OSError) as gone:
            self.stop()
            raise OutOfTime from gone
        except OutOfTime:
            self.stop()
            raise
        if error is not None:
            raise error
        answer: R = result
        return answer

    def _wait_until_started(self, connection: Connection) -> None:
        if self._has_started:
            return
        if not connection.poll(START_SECONDS):
            raise OutOfTime
        connection.recv()
        self._has_started = True

    def _connect(self) -> Connection:
        with self._lock:
            is_alive = self._process is not None and self._process.is_alive()
            if is_alive and self._connection is not None:
                return self._connection
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), name="computing", daemon=True)
            process.start()
            theirs.close()
            self._process, self._connection, self._has_started = process, ours, False
            return ours


def _serve(connection: Connection) -> None:
    """Compute what is sent until the other side is gone."""
    # Ctrl-C reaches every process of the terminal; the server decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        connection.send(None)  # Only now may a computation's time begin.
        while True:
            task: Callable[[], Any] = connection.recv()
            connection.send(_answer(task))


def _answer(task: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return task(), None
    except Exception as error:
        return None, error


computing_process = ComputingProcess()
"""The one of this server process."""
