"""Telling the vendor of bookings, each once, whatever the network does.

A booking is claimed by a lease, tried, and what came of it is stored under the same lease. Before
the vendor is called the booking is marked as in doubt and the lease prolonged, in one write; the
call is given up well before the lease ends. So whoever takes over a booking that was left behind
finds the mark, and the call it stands for has long had its effect.
"""

import asyncio
import logging
import random
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.documents.booking_push import ClaimedPush, claim, find_due, postpone_all, record_push
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.booking import VendorAttempt
from app.domain.instants import to_instant
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import NextPush, PushOutcome, PushPolicy, after
from app.services.vendor.access import VendorAccess
from app.services.vendor.booking_payload import to_web_session
from app.services.vendor.telling import LeaseLostError, Teller, Tried

BOOKINGS_AT_ONCE = 16
BOOKINGS_FOUND_AT_ONCE = 100
SECONDS_BETWEEN_LOOKS = 1.0
SYNCED, POSTPONED, FAILED = "synced_count", "postponed_count", "failed_count"
OTHER = "other"
"""Steps on the way that are not worth a count."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """Tells the vendor of all organizations' bookings; any number of processes may have one."""

    access: VendorAccess
    policy: PushPolicy
    clock: Callable[[], datetime]
    chance: Callable[[], float] = random.random

    async def push_due(self, *, stopped: asyncio.Event) -> dict[str, int]:
        """Tell the vendor of everything that is due; return how many bookings came to what.

        When `stopped` is set, what has begun is finished. Raises one of UNAVAILABLE_ERRORS when the
        database cannot be reached; what was under way is then found again when its lease ends.
        """
        counts: Counter[str] = Counter()
        running: set[asyncio.Task[str]] = set()
        candidates: deque[EntityId] = deque()
        try:
            while True:
                if not stopped.is_set():
                    await self._begin(running, candidates)
                if not running:
                    break
                # A slow call must not keep what becomes due meanwhile waiting.
                done, _ = await asyncio.wait(
                    running,
                    timeout=SECONDS_BETWEEN_LOOKS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                # Of several that failed together one is raised; the others are looked at below.
                counts.update(task.result() for task in done)
                running -= done
        finally:
            await asyncio.gather(*running, return_exceptions=True)
        return {name: counts[name] for name in (SYNCED, POSTPONED, FAILED)}

    async def _begin(self, running: set[asyncio.Task[str]], candidates: deque[EntityId]) -> None:
        """Claim what is due and begin to push it, as long as there is room in `running`."""
        while len(running) < BOOKINGS_AT_ONCE and (candidates or await self._find_more(candidates)):
            now = self.clock()
            taken = await claim(
                candidates.popleft(),
                now=now,
                lease_id=uuid.uuid4().hex,
                lease_until=now + self.policy.lease,
            )
            if taken is not None:
                running.add(asyncio.create_task(self._push(taken)))
            elif not candidates:
                return  # Others take what is due as fast as it is found.

    async def _find_more(self, candidates: deque[EntityId]) -> bool:
        """Look for what is due, in an order that keeps workers from going after the same."""
        found = await find_due(now=self.clock(), limit=BOOKINGS_FOUND_AT_ONCE)
        random.shuffle(found)
        candidates.extend(found)
        return bool(found)

    async def _push(self, taken: ClaimedPush) -> str:
        """Try to tell the vendor of one booking; return what to count it as."""
        try:
            return await self._try_and_record(taken)
        except LeaseLostError:
            logger.warning("booking %s was taken over by another worker", taken.booking.id)
        except UNAVAILABLE_ERRORS:
            raise
        except Exception as error:
            # It counts as interrupted when its lease ends. Only the kind of error is said: its text
            # may repeat what the customer entered.
            kind = type(error).__name__
            logger.error("booking %s cannot be pushed: %s", taken.booking.id, kind)
        return OTHER

    async def _try_and_record(self, taken: ClaimedPush) -> str:
        teller = Teller(access=self.access, policy=self.policy, clock=self.clock)
        tried = await teller.try_once(taken)
        now = self.clock()
        following = self._decide(tried, now)
        is_recorded = await record_push(
            taken, following, attempts=_attempts(tried, now), facts=tried.facts, now=now
        )
        if not is_recorded:
            raise LeaseLostError
        if tried.outcome is PushOutcome.RATE_LIMITED and following.push is not None:
            # The vendor means the tenant, not this booking.
            await postpone_all(taken.booking.organization_id, until=following.push.due_at)
        return _count_as(tried, following)

    def _decide(self, tried: Tried, now: datetime) -> NextPush:
        following = after(
            tried.claim.push,
            tried.outcome,
            policy=self.policy,
            now=now,
            chance=self.chance(),
            retry_after_seconds=tried.retry_after_seconds,
        )
        has_arrived = tried.outcome in {PushOutcome.CREATED, PushOutcome.FOUND}
        if has_arrived and to_web_session(tried.claim.booking) is None:
            return following.model_copy(update={"push": None})
        return following


def _attempts(tried: Tried, now: datetime) -> list[VendorAttempt]:
    if tried.is_silent:
        return []
    return [VendorAttempt(at=to_instant(now), outcome=tried.outcome, detail=tried.detail)]


def _count_as(tried: Tried, following: NextPush) -> str:
    if tried.outcome in {PushOutcome.CREATED, PushOutcome.FOUND}:
        return SYNCED
    if following.sync_status is VendorBookingSyncStatus.FAILED:
        return FAILED
    return OTHER if following.push is None else POSTPONED
