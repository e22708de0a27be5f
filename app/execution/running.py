"""One execution of a plan: what is waited for, what went wrong, and the answer so far.

Every awaitable that a resolver returns is one task; when it is done, its value is completed at once
and what then has to be waited for begins. Nothing waits for a whole level: the keys that a loader
is asked for in one turn of the event loop come together just as with graphql-core, and a slow field
delays nobody else's children. Objects and lists are not waited for at all: they are put together at
once, with a Pending where a value is still missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias

from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor
from graphql.pyutils import Undefined

from app.execution.links import Link, nearest_nullable
from app.execution.loaded import Loaded
from app.execution.places import Complete, Pending

TURNS_UNTIL_SIBLINGS_ARE_STOPPED = 2
"""As many turns of the event loop as `gather` takes to pass an exception on.

Errors of siblings in these turns are in graphql-core's answer, too.
"""

_Load: TypeAlias = "tuple[Pending, asyncio.Future[Any]]"


class Execution:
    """The state of one execution."""

    __slots__ = (
        "_loaded",
        "_loading",
        "_running",
        "_stopped_by",
        "_waker",
        "arguments",
        "context",
        "data",
        "errors",
        "executor",
        "fresh",
        "is_awaitable",
    )

    def __init__(self, executor: Executor[Any]) -> None:
        self.executor = executor
        self.context = executor.context_value
        self.is_awaitable: Callable[[Any], bool] = executor.is_awaitable
        self.errors: list[GraphQLError] = []
        self.fresh: list[Pending] = []
        """What has to be waited for and is not yet."""
        self.data: dict[str, Any] | None = None
        self.arguments: dict[int, dict[str, Any]] = {}
        self._running = 0
        self._loading: dict[int, list[_Load]] = {}
        """What each loader is waited for, by its `id`."""
        self._loaded: list[Pending] = []
        self._waker: asyncio.Future[None] | None = None
        self._stopped_by: BaseException | None = None

    def wait(
        self, awaitable: Awaitable[Any], link: Link, complete: Complete | None = None
    ) -> Pending:
        """Return what stands for the value until it is there; the place completes it by itself."""
        pending = Pending(awaitable, link, complete or link[2].complete)
        self.fresh.append(pending)
        return pending

    def take_fresh(self, mark: int) -> list[Pending]:
        """Return what has to be waited for since `mark`, which then is the caller's to see to."""
        taken = self.fresh[mark:]
        del self.fresh[mark:]
        return taken

    def give_up(self, mark: int) -> None:
        """Let what has to be waited for since `mark` end in the background: nobody needs it."""
        if len(self.fresh) > mark:
            self.settle_in_background(self.take_fresh(mark))

    def settle_in_background(self, pending: list[Pending]) -> None:
        """Let what nobody needs come to its end."""
        if pending:
            self.executor.settle_in_background([_as_coroutine(each) for each in pending])

    def result(self) -> ExecutionResult:
        """Return the answer."""
        self.executor.run_async_work_finished_hook()
        return ExecutionResult(self.data, self.errors or None)

    async def settle_all(self) -> None:
        """Wait until nothing is missing any more."""
        while self.fresh:
            if len(self.fresh) == 1:
                await self._settle_alone(self.fresh.pop())
            else:
                await self._settle_together()

    async def _settle_alone(self, pending: Pending) -> None:
        try:
            await self._settle(pending)
        except asyncio.CancelledError:
            self.give_up(0)
            raise

    async def _settle_together(self) -> None:
        loop = asyncio.get_running_loop()
        self._begin()
        try:
            while self._running and self._stopped_by is None:
                self._waker = loop.create_future()
                await self._waker
                self._complete_loaded()
        except asyncio.CancelledError as error:
            self._stopped_by = error
        if self._stopped_by is not None:
            await self._stop()
            raise self._stopped_by

    def _begin(self) -> None:
        """Begin to wait for what is fresh."""
        fresh = self.fresh
        self._running += len(fresh)
        for pending in fresh:
            awaitable = pending.awaitable
            if type(awaitable) is Loaded:
                self._wait_for_loader(pending, awaitable)
            else:
                pending.task = asyncio.create_task(self._run(pending))
        fresh.clear()

    async def _run(self, pending: Pending, error: Exception | None = None) -> None:
        """Settle in a task, or fail with the error of what was loaded."""
        pending.is_running = True
        try:
            if pending.is_dropped:
                _close(pending)
            elif error is None:
                await self._settle(pending)
                while self._has_single_awaitable():
                    # In the same turn, as graphql-core does: loaders are asked no later.
                    pending = self.fresh.pop()
                    pending.task = asyncio.current_task()
                    pending.is_running = True
                    await self._settle(pending)
            else:
                await self._fail(pending, error)
        except BaseException as stopping:
            if not pending.is_dropped:
                self._stop_by(stopping)
        else:
            if self.fresh:
                self._begin()
        finally:
            self._finish_one()

    def _has_single_awaitable(self) -> bool:
        return len(self.fresh) == 1 and type(self.fresh[0].awaitable) is not Loaded

    def _finish_one(self) -> None:
        self._running -= 1
        if self._running == 0:
            self._wake()

    def _wake(self) -> None:
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    def _wait_for_loader(self, pending: Pending, awaitable: Loaded[Any, Any]) -> None:
        """Wait for the first of what a loader is asked for: most of the rest comes with it."""
        future = awaitable.future
        waiting = [] if future.done() else self._loading.setdefault(id(awaitable.loader), [])
        waiting.append((pending, future))
        if len(waiting) == 1:
            future.add_done_callback(partial(self._note_loaded, waiting))

    def _note_loaded(self, waiting: list[_Load], _first: object) -> None:
        # The task that executes goes on with all that was loaded in one turn of the event loop.
        later = []
        for pending, future in waiting:
            if not future.done():
                later.append((pending, future))
                continue
            self._loaded.append(pending)
            if not future.cancelled():
                future.exception()  # Were it dropped, nobody would ask for it.
        waiting[:] = later
        if later:
            later[0][1].add_done_callback(partial(self._note_loaded, waiting))
        self._wake()

    def _complete_loaded(self) -> None:
        loaded, self._loaded = self._loaded, []
        for pending in loaded:
            if pending.is_dropped:
                continue
            self._running -= 1
            mark = len(self.fresh)
            try:
                value = pending.awaitable.get()  # type: ignore[attr-defined]
                completed = pending.complete(value, pending.link, self)
            except Exception as error:
                self.give_up(mark)
                self._fail_loaded(pending, error)
            except asyncio.CancelledError as error:
                self._stop_by(error)
            else:
                self._put(pending, completed)
        if self.fresh:
            self._begin()

    def _stop_by(self, error: BaseException) -> None:
        if self._stopped_by is None:
            self._stopped_by = error
        self._wake()

    async def _stop(self) -> None:
        self.give_up(0)
        tasks = self._drop(self.data)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _settle(self, pending: Pending) -> None:
        try:
            value = await pending.awaitable
            if pending.is_dropped:
                return
            completed = pending.complete(value, pending.link, self)
        except Exception as error:
            self.give_up(0)
            await self._fail(pending, error)
            return
        self._put(pending, completed)

    def _put(self, pending: Pending, completed: Any) -> None:
        link = pending.link
        into = pending.into
        if into is None:
            into = self._find(link[0])
        if into is not None:
            into[link[1]] = completed
            if type(completed) is Pending:
                completed.into = into

    def _fail_loaded(self, pending: Pending, error: Exception) -> None:
        if pending.link[2].is_nullable:
            pending.is_dropped = True
            self._make_null(pending.link, pending.link[2].locate(error, pending.link))
            return
        self._running += 1
        pending.task = asyncio.create_task(self._run(pending, error))

    async def _fail(self, pending: Pending, error: Exception) -> None:
        if pending.is_dropped:
            return
        link = pending.link
        located = link[2].locate(error, link)
        nullable = nearest_nullable(link)
        if nullable is not link:
            for _ in range(TURNS_UNTIL_SIBLINGS_ARE_STOPPED):
                await asyncio.sleep(0)
        if not pending.is_dropped:
            pending.is_dropped = True
            self._make_null(nullable, located)

    def _make_null(self, link: Link | None, error: GraphQLError) -> None:
        """Put null where it may stand, and stop whatever the rest of that place waits for."""
        if link is None:
            removed, self.data = self.data, None
        else:
            into = self._find(link[0])
            if into is None:
                return
            removed, into[link[1]] = into[link[1]], None
        self.errors.append(error)
        self._drop(removed)

    def _drop(self, removed: Any) -> list[asyncio.Task[None]]:
        """Stop what is waited for within a part of the answer, and return what was stopped."""
        stopped = []
        waiting = [removed]
        while waiting:
            match waiting.pop():
                case dict() as values:
                    waiting.extend(values.values())
                case list() as values:
                    waiting.extend(values)
                case Pending(is_dropped=False) as pending:
                    pending.is_dropped = True
                    if pending.task is None:
                        self._finish_one()
                        continue
                    stopped.append(pending.task)
                    if pending.is_running:
                        # Otherwise it ends by itself when it begins; cancelled now, it never would.
                        pending.task.cancel()
        return stopped

    def _find(self, link: Link | None) -> Any:
        """Return the object or list at a place, or None when the answer has none there any more."""
        if link is None:
            return self.data
        into = self._find(link[0])
        return None if into is None else into[link[1]]


def _close(pending: Pending) -> None:
    if asyncio.iscoroutine(pending.awaitable):
        pending.awaitable.close()


def _as_coroutine(pending: Pending) -> Awaitable[Any]:
    # What else can be awaited cannot always be gathered, which asks for a hash.
    awaitable = pending.awaitable
    return awaitable if asyncio.iscoroutine(awaitable) else _wait_for(awaitable)


async def _wait_for(awaitable: Awaitable[Any]) -> None:
    await awaitable


def is_missing(value: Any) -> bool:
    """Return whether a resolver returned nothing."""
    return value is None or value is Undefined
