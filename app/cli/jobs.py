"""Work that a worker does again and again."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from prometheus_client import Counter

from app.documents.driver import UNAVAILABLE_ERRORS

Counts: TypeAlias = Mapping[str, int]
"""What one run came to, by name; `failed_count` above 0 makes `--once` exit with 1."""

JOB_RUNS = Counter(
    "scheduler_job_runs", "Runs of a worker's jobs, ok or failed.", ["job_name", "outcome"]
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that is done every `interval_seconds`; `name` is its key in the JSON answer.

    `run` gets the event that is set when the worker shall stop, and returns soon after that.
    """

    name: str
    interval_seconds: float
    run: Callable[[asyncio.Event], Awaitable[Counts]]


async def run_all(jobs: Iterable[Job], *, stopped: asyncio.Event) -> None:
    """Run every job at its interval until `stopped`; a run that fails stops no other."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_run_repeatedly(job, stopped))


async def run_each_once(jobs: Iterable[Job], *, stopped: asyncio.Event) -> dict[str, Counts]:
    """Run every job once and return what each came to.

    Raises what a job raised, after the others have had their turn.
    """
    counts: dict[str, Counts] = {}
    failure: Exception | None = None
    for job in jobs:
        try:
            counts[job.name] = await job.run(stopped)
        except Exception as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return counts


async def _run_repeatedly(job: Job, stopped: asyncio.Event) -> None:
    while not stopped.is_set():
        await _run_and_report(job, stopped)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), job.interval_seconds)


async def _run_and_report(job: Job, stopped: asyncio.Event) -> None:
    try:
        counts = await job.run(stopped)
    except UNAVAILABLE_ERRORS as error:
        JOB_RUNS.labels(job.name, "failed").inc()
        logger.warning("%s: the database cannot be reached: %s", job.name, error)
    except Exception as error:
        JOB_RUNS.labels(job.name, "failed").inc()
        # Only the kind of error: its text may repeat what a customer entered.
        logger.error("%s failed: %s", job.name, type(error).__name__)
    else:
        JOB_RUNS.labels(job.name, "ok").inc()
        if any(counts.values()):
            logger.info("%s: %s", job.name, describe(counts))


def describe(counts: Counts) -> str:
    """Return counts in words: `2 found, 1 abandoned, 0 failed`."""
    return ", ".join(
        f"{count} {name.removesuffix('_count').replace('_', ' ')}" for name, count in counts.items()
    )


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped
