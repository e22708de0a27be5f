"""Executions that end early leave nothing behind: no task, no warning, no lost error."""

import asyncio
import gc
import inspect
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from graphql import ExecutionResult, build_schema, execute, parse

from app.execution.planning import Plan, plan_operation

SCHEMA = build_schema(
    """
    type Node { name: String slow: Node slows: [Node!] slowSure: Node! fails: Node failsSure: Node!
      failsAtOnce: Node! stops: Node }
    type Query { name: String slow: Node slows: [Node!] slowSure: Node! fails: Node
      failsSure: Node! failsAtOnce: Node! stops: Node }
    """
)
ENDLESS = 1_000_000


class Stop(BaseException):
    """Not for GraphQL to catch."""


class Root:
    """Waits for `turns` of the event loop where a field is slow; counts who began and ended."""

    def __init__(self, turns: int = ENDLESS) -> None:
        self.turns = turns
        self.began = 0
        self.ended = 0
        self.stopped = 0
        self.name = "n"

    async def slow(self, _info: Any) -> "Root":
        self.began += 1
        try:
            for _ in range(self.turns):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        finally:
            self.ended += 1
        return self

    slowSure = slow  # noqa: N815

    def slows(self, info: Any) -> list[Any]:
        return [self.slow(info) for _ in range(3)]

    async def fails(self, _info: Any) -> Any:
        await asyncio.sleep(0)
        raise RuntimeError("failed")

    failsSure = fails  # noqa: N815

    def failsAtOnce(self, _info: Any) -> Any:  # noqa: N802
        raise RuntimeError("failed")

    async def stops(self, _info: Any) -> Any:
        await asyncio.sleep(0)
        raise Stop


@pytest_asyncio.fixture(loop_scope="module")
async def left_behind() -> AsyncIterator[list[str]]:
    """What was complained about: errors nobody retrieved, coroutines nobody awaited."""
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    handler, hook = loop.get_exception_handler(), sys.unraisablehook
    loop.set_exception_handler(lambda _loop, context: complaints.append(str(context)))
    sys.unraisablehook = lambda about: complaints.append(str(about))
    yield complaints
    loop.set_exception_handler(handler)
    sys.unraisablehook = hook


async def settle() -> None:
    """Let what runs in the background end, and collect what nobody holds."""
    for _ in range(20):
        await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0)


async def by_core(document: str, root: Root) -> ExecutionResult:
    return await _all(execute(SCHEMA, parse(document), root_value=root))


async def by_plan(document: str, root: Root) -> ExecutionResult:
    plan = plan_operation(SCHEMA, parse(document), None)
    assert isinstance(plan, Plan)
    return await _all(plan.execute(root_value=root, context_value=None, variable_values={}))


async def _all(answer: Any) -> ExecutionResult:
    result: ExecutionResult = await answer if inspect.isawaitable(answer) else answer
    return result


EXECUTORS: dict[str, Callable[[str, Root], Any]] = {"graphql-core": by_core, "plan": by_plan}
WAITING = (
    "{ slow { name } }",
    "{ a: slow { name } b: slow { name } slows { slow { name } } }",
    "{ slows { name } fails { name } }",
)


@pytest.mark.parametrize("document", WAITING)
async def test_cancelled_execution_stops_its_resolvers(
    left_behind: list[str], document: str
) -> None:
    root = Root()
    before = asyncio.all_tasks()
    task = asyncio.ensure_future(by_plan(document, root))
    for _ in range(5):
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await settle()

    assert root.began == root.ended == root.stopped > 0
    assert asyncio.all_tasks() == before
    assert left_behind == []


@pytest.mark.parametrize("turns_before", range(1, 8))
async def test_execution_cancelled_at_any_turn_leaves_nothing(
    left_behind: list[str], turns_before: int
) -> None:
    root = Root(turns=2)
    before = asyncio.all_tasks()
    document = "{ slow { slow { name fails { name } } slows { slow { name } } } fails { name } }"
    task = asyncio.ensure_future(by_plan(document, root))
    for _ in range(turns_before):
        await asyncio.sleep(0)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await settle()

    assert root.began == root.ended
    assert asyncio.all_tasks() == before
    assert left_behind == []


async def test_deadline_ends_an_execution(left_behind: list[str]) -> None:
    root = Root()
    before = asyncio.all_tasks()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await by_plan("{ slow { name } slows { name } }", root)
    await settle()

    assert root.began == root.stopped == 4
    assert asyncio.all_tasks() == before
    assert left_behind == []


FAILING = (
    "{ failsSure { name } slow { name } }",
    "{ slow { name } slows { name } failsSure { name } }",
    "{ slow { name } failsAtOnce { name } }",
    "{ a: failsSure { name } b: failsSure { name } c: fails { name } slows { fails { name } } }",
)


@pytest.mark.parametrize("document", FAILING)
async def test_null_of_everything_stops_what_is_waited_for(
    left_behind: list[str], document: str
) -> None:
    root = Root(turns=50)
    before = asyncio.all_tasks()

    result = await by_plan(document, root)

    assert result.data is None
    assert [error.message for error in result.errors or ()][-1] == "failed"
    for _ in range(100):
        await asyncio.sleep(0)
    await settle()
    assert root.began == root.ended
    assert asyncio.all_tasks() == before
    assert left_behind == []


async def test_answer_does_not_change_any_more_once_it_is_given(left_behind: list[str]) -> None:
    root = Root(turns=3)
    result = await by_plan("{ slow { failsSure { name } slow { fails { name } } } name }", root)
    told, errors = repr(result.data), list(result.errors or ())

    await settle()

    assert (repr(result.data), result.errors) == (told, errors)
    assert left_behind == []


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize(
    "document", ["{ stops { name } }", "{ name slow { name } stops { name } }"]
)
async def test_what_is_no_error_of_a_field_passes_through(executor: str, document: str) -> None:
    root = Root(turns=10)
    before = asyncio.all_tasks()

    with pytest.raises(Stop):
        await EXECUTORS[executor](document, root)

    await settle()
    assert asyncio.all_tasks() == before
