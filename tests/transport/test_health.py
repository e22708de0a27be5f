"""Whether a process lives and can serve: indexes, draining, and a loop that does not turn."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
from typing import Any

import orjson
import pytest
from starlette.requests import Request

from app.documents.booking import Booking
from app.documents.driver import Database
from app.transport.draining import Draining, begun_by_sigterm
from app.transport.health import DRAINING, INDEXES_MISSING, Readiness
from app.transport.watchdog import BLOCKED_SECONDS, Watchdog

NEEDS_EVERY_INDEX = True
ANY_REQUEST = Request({"type": "http"})


async def status_of(readiness: Readiness) -> tuple[int, Any]:
    response = await readiness.readyz(ANY_REQUEST)
    return response.status_code, orjson.loads(response.body)["status"]


@pytest.mark.usefixtures("database")
async def test_process_is_ready_until_it_drains() -> None:
    draining = Draining()
    readiness = Readiness(draining)
    assert await status_of(readiness) == (200, "ready")
    draining.begin()
    assert await status_of(readiness) == (503, DRAINING)


async def test_process_is_not_ready_without_an_index_and_is_once_it_is_there(
    database: Database,
) -> None:
    collection = Booking.get_motor_collection()
    index = Booking.Settings.indexes[0]
    await collection.drop_index(index.document["name"])
    readiness = Readiness(Draining())
    assert await status_of(readiness) == (503, INDEXES_MISSING)
    await collection.create_indexes([index])
    assert await status_of(readiness) == (200, "ready")


async def test_sigterm_reaches_its_handler_only_after_the_time_to_drain() -> None:
    reached = asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: reached.set())
    draining = Draining()
    try:
        with begun_by_sigterm(draining, seconds=0.2):
            began = time.monotonic()
            signal.raise_signal(signal.SIGTERM)
            assert draining.is_begun
            assert not reached.is_set()
            assert not draining.is_closing
            await asyncio.wait_for(reached.wait(), 10)
            assert time.monotonic() - began >= 0.2
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_second_sigterm_does_not_wait() -> None:
    reached: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: reached.append(number))
    try:
        with begun_by_sigterm(Draining(), seconds=60):
            signal.raise_signal(signal.SIGTERM)
            assert reached == []
            signal.raise_signal(signal.SIGTERM)
            assert reached == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def block_the_loop(seconds: float) -> None:
    time.sleep(seconds)


async def test_blocked_loop_is_logged_with_the_place_it_hangs_at(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Watchdog(asyncio.get_running_loop()).watching():
        await asyncio.sleep(0.3)
        block_the_loop(2 * BLOCKED_SECONDS)
        await asyncio.sleep(0.6)
    blocked, *_ = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert blocked.getMessage().startswith("the event loop has been blocked for")
    assert any("block_the_loop" in place for place in vars(blocked)["at"])
    assert caplog.records[-1].getMessage() == "the event loop turns again"


def test_process_that_is_to_be_replaced_ends_when_its_loop_stays_blocked() -> None:
    code = (
        "import asyncio, time\n"
        "from app.transport.watchdog import Watchdog\n"
        "async def hang():\n"
        "    watchdog = Watchdog(asyncio.get_running_loop(), killed_after_seconds=0.5)\n"
        "    with watchdog.watching():\n"
        "        await asyncio.sleep(0.3)\n"
        "        time.sleep(60)\n"
        "asyncio.run(hang())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=50, check=False)
    assert done.returncode == -signal.SIGKILL
