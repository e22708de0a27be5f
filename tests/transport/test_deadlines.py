"""The end of operations that nobody waits for any more."""

import asyncio
from typing import Any

import pytest

from app.transport.deadlines import OperationRunner
from tests.conftest import Forgotten


async def never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def test_operation_that_fails_as_its_caller_goes_is_not_reported_as_forgotten(
    forgotten: Forgotten,
) -> None:
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

    assert await forgotten() == []
