"""The worker's keeping of the rollups that reports are read from."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

from app.cli.jobs import Counts, Job
from app.documents.organization import Organization
from app.services.analytics.rollups import RollupProgress
from app.services.analytics.turns import RollupTurns

SECONDS_BETWEEN_RUNS = 60.0

TURN = timedelta(seconds=55)
"""A little less, so that a worker's own turn is due again when it comes by."""


def make_rollup_job() -> Job:
    """Return the job."""
    return Job(name="rollups", interval_seconds=SECONDS_BETWEEN_RUNS, run=_refresh_all)


async def _refresh_all(stopped: asyncio.Event) -> Counts:
    """Count what has changed, organization by organization; a day begun is finished.

    Those that another worker is at, or was at a moment ago, are left to it.
    """
    hour_count = day_count = 0
    turns = RollupTurns(clock=lambda: datetime.now(UTC), interval=TURN)
    for organization_id in await Organization.find_retention_days():
        progress = RollupProgress()
        async with contextlib.aclosing(turns.refresh(organization_id)) as run:
            async for step in run:
                progress = step
                if stopped.is_set():
                    break
        hour_count += progress.hour_count
        day_count += progress.day_count
        if stopped.is_set():
            break
    return {"hour_count": hour_count, "day_count": day_count}
