"""Synchronizing the job types of every connected organization from time to time."""

import asyncio
import logging
from collections import Counter
from datetime import datetime, timedelta

from app.documents.vendor_account import VendorAccount
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.domain.values import EntityId
from app.services.vendor.access import VendorAccess
from app.services.vendor.job_types import SyncWish, sync_job_types
from app.servicetitan.errors import ServiceTitanError

ORGANIZATIONS_AT_ONCE = 4
COUNTED = ("synced_count", "drifted_count", "not_found_count", "failed_count")

logger = logging.getLogger(__name__)


async def sync_due_accounts(
    *, vendor: VendorAccess, now: datetime, interval: timedelta, stopped: asyncio.Event
) -> dict[str, int]:
    """Synchronize every account not tried for `interval`, and return what that came to.

    `synced_count` and `failed_count` are of organizations, the others of services. Nothing new is
    begun once `stopped` is set. An account that fails has its next turn after `interval`.
    """
    due = await VendorAccount.list_due_for_sync(not_since=now - interval)
    places = asyncio.Semaphore(ORGANIZATIONS_AT_ONCE)
    counts: Counter[str] = Counter()

    async def take_turn(organization_id: EntityId, last: datetime | None) -> None:
        async with places:
            if stopped.is_set():
                return
            if await VendorAccount.take_sync_turn(organization_id, last, now=now):
                counts.update(await _sync(organization_id, vendor=vendor, now=now))

    await asyncio.gather(*(take_turn(*each) for each in due))
    return {name: counts[name] for name in COUNTED}


async def _sync(
    organization_id: EntityId, *, vendor: VendorAccess, now: datetime
) -> dict[str, int]:
    try:
        outcome = await sync_job_types(organization_id, SyncWish(), vendor=vendor, now=now)
    except Refused as refused:
        code = refused.problems[0].code
        if code in (ProblemCode.SYNC_IN_PROGRESS, ProblemCode.VENDOR_NOT_CONNECTED):
            return {}
        logger.warning("job types of organization %s: %s", organization_id, code)
        return {"failed_count": 1}
    except ServiceTitanError as error:
        logger.warning("job types of organization %s: %s", organization_id, error)
        return {"failed_count": 1}
    report = outcome.plan.report
    return {
        "synced_count": 1,
        "drifted_count": report.drifted_count,
        "not_found_count": report.not_found_count,
    }
