"""The end of operations that nobody waits for any more."""

import asyncio
import gc
from typing import Any

import pytest

from app.transport.deadlines import OperationRunner


async def never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def test_operation_that_fails_as_its_caller_goes_is_not_reported_as_forgotten() -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    callers: list[asyncio.Task[None]] = []

    async def operation() -> None:
        callers[0].cancel()
        raise ValueError

    runner = OperationRunner(30)
    call = runner.run(operation(), receive=never, must_finish=lambda: False)
    callers.append(asyncio.create_task(call))
    with pytest.raises(asyncio.CancelledError):
        await callers[0]
    del callers[:]
    gc.collect()
    await asyncio.sleep(0)

    assert reported == []
