"""Fields that wait for the same key, one of which is given up."""

import asyncio
from collections.abc import Sequence

from app.loaders.measured import MeasuredLoader


class Doubled(MeasuredLoader[int, int]):
    """Answers a key when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()

    async def load_batch(self, keys: Sequence[int]) -> list[int]:
        await self.may_answer.wait()
        return [2 * key for key in keys]


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
