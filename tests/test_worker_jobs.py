"""The jobs of a worker beside each other."""

import asyncio
from collections.abc import Mapping

import pytest

from app.cli.jobs import Job, run_all, run_each_once
from app.documents.driver import UNAVAILABLE_ERRORS

SECRET = "rosa@example.com"


class Counted:
    """A job that counts its runs and stops the worker at a number of them."""

    def __init__(self, stopped: asyncio.Event, *, stop_at: int) -> None:
        self.runs = 0
        self._stopped = stopped
        self._stop_at = stop_at

    async def run(self, _: asyncio.Event) -> Mapping[str, int]:
        self.runs += 1
        if self.runs == self._stop_at:
            self._stopped.set()
        return {"found_count": self.runs}


async def fail(_: asyncio.Event) -> Mapping[str, int]:
    raise ValueError(f"{SECRET} is no number")


async def miss_the_database(_: asyncio.Event) -> Mapping[str, int]:
    raise UNAVAILABLE_ERRORS[0]("gone")


async def test_a_job_that_fails_stops_no_other_and_its_error_is_not_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stopped = asyncio.Event()
    counted = Counted(stopped, stop_at=5)
    jobs = [
        Job(name="bad", interval_seconds=0.001, run=fail),
        Job(name="cut off", interval_seconds=0.001, run=miss_the_database),
        Job(name="good", interval_seconds=0.01, run=counted.run),
    ]

    await asyncio.wait_for(run_all(jobs, stopped=stopped), timeout=10)

    assert counted.runs == 5
    messages = [record.getMessage() for record in caplog.records]
    # It failed again and again.
    assert messages.count("bad failed: ValueError") > 1
    assert "cut off: the database cannot be reached: gone" in messages
    assert SECRET not in caplog.text


async def test_once_every_job_has_its_turn_before_a_failure_is_told() -> None:
    stopped = asyncio.Event()
    counted = Counted(stopped, stop_at=0)
    jobs = [
        Job(name="bad", interval_seconds=1, run=fail),
        Job(name="good", interval_seconds=1, run=counted.run),
    ]

    with pytest.raises(ValueError, match="is no number"):
        await run_each_once(jobs, stopped=stopped)

    assert counted.runs == 1
    assert await run_each_once(jobs[1:], stopped=stopped) == {"good": {"found_count": 2}}
