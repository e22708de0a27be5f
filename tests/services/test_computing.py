"""The process for long computations."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from app.services.computing import MAX_WAITING, Busy, ComputingProcess, OutOfTime


@pytest.fixture
def computing() -> Iterator[ComputingProcess]:
    process = ComputingProcess()
    yield process
    process.stop()


async def test_computation_runs_in_one_other_process(computing: ComputingProcess) -> None:
    ids = [await computing.run(os.getpid, 10.0) for _ in range(2)]
    assert ids[0] == ids[1] != os.getpid()


async def test_time_the_process_takes_to_start_is_no_part_of_the_limit(
    computing: ComputingProcess,
) -> None:
    began = time.monotonic()
    await computing.run(len, 60.0, "abc")
    seconds_to_start = time.monotonic() - began
    computing.stop()

    assert await computing.run(len, seconds_to_start / 2, "abc") == 3


async def test_exception_of_the_computation_is_raised_here(computing: ComputingProcess) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await computing.run(int, 10.0, "x")


async def test_computation_is_stopped_at_its_limit_and_the_next_one_runs(
    computing: ComputingProcess,
) -> None:
    before = await computing.run(os.getpid, 10.0)
    with pytest.raises(OutOfTime):
        await computing.run(time.sleep, 0.05, 60)
    assert await computing.run(os.getpid, 10.0) != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


async def test_process_that_died_is_replaced(computing: ComputingProcess) -> None:
    os.kill(await computing.run(os.getpid, 10.0), signal.SIGKILL)
    # The kernel takes a moment to end it.
    await asyncio.sleep(0.1)
    assert await computing.run(len, 10.0, "abc") == 3


async def test_interrupt_of_the_terminal_leaves_it_to_the_server(
    computing: ComputingProcess,
) -> None:
    process_id = await computing.run(os.getpid, 10.0)
    os.kill(process_id, signal.SIGINT)
    assert await computing.run(os.getpid, 10.0) == process_id


async def test_more_than_may_wait_are_refused_at_once(computing: ComputingProcess) -> None:
    waiting = [
        asyncio.create_task(computing.run(time.sleep, 10.0, 0.01)) for _ in range(MAX_WAITING)
    ]
    await asyncio.sleep(0)

    with pytest.raises(Busy):
        await computing.run(len, 10.0, "abc")

    await asyncio.gather(*waiting)
    assert await computing.run(len, 10.0, "abc") == 3


async def test_stopping_ends_what_is_computed(computing: ComputingProcess) -> None:
    await computing.run(len, 10.0, "abc")
    task = asyncio.create_task(computing.run(time.sleep, 60.0, 60))
    await asyncio.sleep(0.1)

    computing.stop()

    with pytest.raises(OutOfTime):
        await task


def test_process_ends_with_the_server_even_when_that_is_killed() -> None:
    script = (
        "import asyncio, os, signal\n"
        "from app.services.computing import computing_process\n"
        "print(asyncio.run(computing_process.run(os.getpid, 10.0)), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    server = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False)
    assert server.returncode == -signal.SIGKILL

    is_gone = False
    for _ in range(500):
        try:
            os.kill(int(server.stdout), 0)
        except ProcessLookupError:
            is_gone = True
            break
        time.sleep(0.02)
    assert is_gone
