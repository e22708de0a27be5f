"""Reads shared by those who ask while one is under way."""

import asyncio
import contextlib

import pytest

from app.services.shared_reads import SharedReads


class SlowSource:
    """Answers a read with how many reads of the key have begun, when it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._let_go = asyncio.Semaphore(0)

    async def read(self, key: str) -> int:
        self.begun.append(key)
        answer = self.begun.count(key)
        await self._let_go.acquire()
        if key == "broken":
            raise LookupError(key)
        return answer

    async def let_go(self, count: int) -> None:
        for _ in range(count):
            self._let_go.release()
            await asyncio.sleep(0.001)


async def begin(reads: SharedReads[str, int], *keys: str) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(reads.get(key)) for key in keys]
    await asyncio.sleep(0.001)
    return tasks


async def test_those_who_ask_during_a_read_share_one_that_begins_after_it() -> None:
    source = SlowSource()
    reads = SharedReads(source.read)

    first = await begin(reads, "a")
    later = await begin(reads, "a", "a", "a")
    await source.let_go(2)

    assert await asyncio.gather(*first, *later) == [1, 2, 2, 2]
    assert source.begun == ["a", "a"]


async def test_reads_of_different_keys_do_not_wait_for_each_other() -> None:
    source = SlowSource()
    reads = SharedReads(source.read)

    tasks = await begin(reads, "a", "b")

    assert source.begun == ["a", "b"]
    await source.let_go(2)
    assert await asyncio.gather(*tasks) == [1, 1]


async def test_one_who_goes_away_does_not_take_the_answer_from_the_others() -> None:
    source = SlowSource()
    reads = SharedReads(source.read)
    impatient, patient = await begin(reads, "a", "a")

    impatient.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await impatient
    await source.let_go(1)

    assert await patient == 1


async def test_failure_is_told_to_those_of_the_read_and_the_next_read_begins_anew() -> None:
    source = SlowSource()
    reads = SharedReads(source.read)
    tasks = await begin(reads, "broken", "broken")
    waiting = await begin(reads, "broken")

    await source.let_go(1)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [LookupError, LookupError]
    assert source.begun == ["broken", "broken"]
    await source.let_go(1)
    with pytest.raises(LookupError):
        await waiting[0]
