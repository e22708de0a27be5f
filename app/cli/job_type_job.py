"""The worker's comparison of services with the vendor's job types."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.cli.jobs import Counts, Job
from app.services.vendor.access import VendorAccess
from app.services.vendor.job_type_schedule import sync_due_accounts
from app.settings import Settings

SECONDS_BETWEEN_LOOKS = 60.0


def make_job_type_job(settings: Settings, vendor: VendorAccess) -> Job:
    """Return the job; each organization has its turn at the interval of the settings."""

    async def synchronize(stopped: asyncio.Event) -> Counts:
        return await sync_due_accounts(
            vendor=vendor,
            now=datetime.now(UTC),
            interval=timedelta(minutes=settings.vendor_sync_minutes),
            stopped=stopped,
        )

    return Job(name="jobTypes", interval_seconds=SECONDS_BETWEEN_LOOKS, run=synchronize)
