"""Ending tasks, of which some forget that they were told to."""

import asyncio

import pytest

from app.documents.ending import end_tasks


async def keep_asking() -> None:
    """Ask for ever as PyMongo's asynchronous API sends a command."""
    while True:
        await asyncio.wait_for(asyncio.sleep(0), timeout=10)
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("turns", range(6))
async def test_task_ends_in_whatever_turn_of_the_loop_it_is_told_to(turns: int) -> None:
    asking = asyncio.create_task(keep_asking())
    for _ in range(turns):
        await asyncio.sleep(0)

    async with asyncio.timeout(10):
        await end_tasks(asking)

    assert asking.cancelled()


async def test_task_that_failed_keeps_its_failure() -> None:
    async def fail() -> None:
        raise ValueError

    failing, waiting = asyncio.create_task(fail()), asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)

    await end_tasks(failing, waiting)

    assert isinstance(failing.exception(), ValueError)
    assert waiting.cancelled()
