"""Fields that wait for the same key, one of which is given up."""

import asyncio
import gc
from collections.abc import Sequence
from typing import Any

import pytest

from app.loaders.measured import MeasuredLoader


class Doubled(MeasuredLoader[int, int]):
    """Answers a key when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()

    async def load_batch(self, keys: Sequence[int]) -> list[int]:
        await self.may_answer.wait()
        return [2 * key for key in keys]


class OddFail(MeasuredLoader[int, int]):
    async def load_batch(self, keys: Sequence[int]) -> list[Any]:
        return [ValueError(key) if key % 2 else key for key in keys]


async def test_a_field_that_is_given_up_takes_nothing_from_others_who_wait_for_the_key() -> None:
    loader = Doubled()

    async def field() -> int:
        return await loader.load(21)

    given_up, waiting = asyncio.create_task(field()), asyncio.create_task(field())
    await asyncio.sleep(0)

    given_up.cancel()
    await asyncio.wait([given_up])
    loader.may_answer.set()

    assert given_up.cancelled()
    assert await waiting == 42


async def test_who_waits_for_many_keys_takes_nothing_from_others_when_given_up() -> None:
    loader = Doubled()

    given_up = asyncio.create_task(loader.load_all([1, 2]))
    waiting = asyncio.create_task(loader.load_all([2, 3, 2]))
    await asyncio.sleep(0)

    given_up.cancel()
    await asyncio.wait([given_up])
    loader.may_answer.set()

    assert given_up.cancelled()
    assert await waiting == [4, 6, 4]


async def test_first_failure_of_many_keys_is_raised_once_all_are_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loader = OddFail()

    with pytest.raises(ValueError, match=r"^1$"):
        await loader.load_all([2, 1, 4, 3])

    del loader
    gc.collect()
    assert not caplog.records
