"""Several who wait for one thing."""

import asyncio

from app.services.waiting import wait_among_others
from tests.conftest import Forgotten


async def test_one_who_leaves_ends_it_for_nobody_else() -> None:
    shared: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    first, second = [asyncio.create_task(wait_among_others(shared)) for _ in range(2)]
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.sleep(0)
    shared.set_result(7)

    assert await second == 7
    assert first.cancelled()


async def fail_with(*, staying: int) -> list[BaseException | int]:
    """Let two wait, of whom some stay; return what those got of a failure."""
    shared: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    tasks = [asyncio.create_task(wait_among_others(shared)) for _ in range(2)]
    await asyncio.sleep(0)
    for task in tasks[staying:]:
        task.cancel()
    await asyncio.sleep(0)
    shared.set_exception(ValueError())
    return await asyncio.gather(*tasks[:staying], return_exceptions=True)


async def test_failure_is_raised_to_who_waits_and_forgotten_by_nobody_when_all_have_left(
    forgotten: Forgotten,
) -> None:
    [raised] = await fail_with(staying=1)
    await fail_with(staying=0)

    assert isinstance(raised, ValueError)
    assert await forgotten() == []
