"""Asking the vendor what became of bookings, for news that no webhook brought."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.documents.vendor_account import VendorAccount
from app.documents.vendor_status_poll import VendorStatusPoll
from app.domain.instants import to_instant
from app.services.vendor.access import VendorAccess
from app.services.vendor.news import take_news
from app.servicetitan.errors import ServiceTitanError

INTERVAL = timedelta(minutes=5)
OVERLAP = timedelta(minutes=2)
"""The vendor may show a change later than it dates it, and rows move between pages."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class StatusPolling:
    """Follows the bookings of every organization with an account; any number of workers may."""

    access: VendorAccess
    clock: Callable[[], datetime]
    interval: timedelta = INTERVAL

    async def poll_due(self, *, now: datetime, stopped: asyncio.Event) -> dict[str, int]:
        """Give every organization its turn that is due; return how many bookings had news."""
        await _begin_with_new_accounts(now)
        changed = failed = 0
        while not stopped.is_set():
            turn = await VendorStatusPoll.take_turn(now=now, next_at=now + self.interval)
            if turn is None:
                break
            try:
                changed += await self._poll(turn)
            except ServiceTitanError as error:
                failed += 1
                logger.warning("organization %s: %s", turn.organization_id, error)
        return {"changed_count": changed, "failed_count": failed}

    async def _poll(self, turn: VendorStatusPoll) -> int:
        connection = await self.access.connect(turn.organization_id)
        if connection is None:
            await VendorStatusPoll.end(turn.organization_id)
            return 0
        changed = 0
        newest = turn.read_up_to
        pages = connection.client.iterate_bookings(modified_on_or_after=newest - OVERLAP)
        async for page in pages:
            for said in page.data:
                changed += await take_news(turn.organization_id, said, now=self.clock())
                newest = max(newest, to_instant(said.modified_on) if said.modified_on else newest)
        await turn.advance(newest)
        return changed


async def _begin_with_new_accounts(now: datetime) -> None:
    known = await VendorStatusPoll.find_organization_ids()
    async for account in VendorAccount.find_all():
        owner_id = account.organization_id
        if owner_id not in known:
            await VendorStatusPoll.begin(owner_id, read_up_to=account.connected_at, now=now)
