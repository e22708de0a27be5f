"""What a worker does for what is stored: retention of events, and erasures not yet finished."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from pydantic import BaseModel

from app.cli.jobs import Counts, Job
from app.services.booking_sessions.retention import RetentionProgress, apply_retention
from app.services.personal_data.requests import ErasureProgress, carry_on
from app.settings import Settings

SECONDS_BETWEEN_RUNS = 60.0


def upkeep_jobs(settings: Settings) -> tuple[Job, ...]:
    """Return the jobs."""
    return (
        Job(
            name="retention",
            interval_seconds=SECONDS_BETWEEN_RUNS,
            run=lambda stopped: _apply_retention(settings, stopped),
        ),
        Job(name="erasures", interval_seconds=SECONDS_BETWEEN_RUNS, run=_carry_on),
    )


async def _apply_retention(settings: Settings, stopped: asyncio.Event) -> Counts:
    run = apply_retention(now=datetime.now(UTC), default_days=settings.event_retention_days)
    return await _follow(run, RetentionProgress(), stopped)


async def _carry_on(stopped: asyncio.Event) -> Counts:
    return await _follow(carry_on(now=datetime.now(UTC)), ErasureProgress(), stopped)


async def _follow(
    run: AsyncGenerator[BaseModel, None], progress: BaseModel, stopped: asyncio.Event
) -> Counts:
    """Go on until nothing is left or the worker is stopped; a batch begun is finished."""
    async with contextlib.aclosing(run):
        async for step in run:
            progress = step
            if stopped.is_set():
                break
    counts: dict[str, int] = progress.model_dump()
    return counts
