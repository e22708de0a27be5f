"""The worker's keeping of the rollups that reports are read from."""

import asyncio
import contextlib
from datetime import UTC, datetime

from app.cli.jobs import Counts, Job
from app.documents.organization import Organization
from app.services.analytics.rollups import RollupProgress, refresh_rollups

SECONDS_BETWEEN_RUNS = 60.0


def make_rollup_job() -> Job:
    """Return the job."""
    return Job(name="rollups", interval_seconds=SECONDS_BETWEEN_RUNS, run=_refresh_all)


async def _refresh_all(stopped: asyncio.Event) -> Counts:
    """Count what has changed, organization by organization; a day begun is finished."""
    hour_count = day_count = 0
    for organization_id in await Organization.find_retention_days():
        progress = RollupProgress()
        run = refresh_rollups(organization_id, now=datetime.now(UTC))
        async with contextlib.aclosing(run):
            async for step in run:
                progress = step
                if stopped.is_set():
                    break
        hour_count += progress.hour_count
        day_count += progress.day_count
        if stopped.is_set():
            break
    return {"hour_count": hour_count, "day_count": day_count}
