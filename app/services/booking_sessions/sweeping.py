"""Abandoning the sessions whose customers have left without a word.

Any number of sweeps may run at once: a session's next sequence is taken by one of them, or by its
customer who comes back, and the others find that out.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.documents.booking_session import BookingSession, LastActivity
from app.documents.driver import UNAVAILABLE_ERRORS
from app.documents.organization import Organization
from app.domain.values import EntityId, Value
from app.services.booking_sessions.abandon import abandon_idle_session

SESSIONS_PER_BATCH = 100

logger = logging.getLogger(__name__)


class SweepProgress(Value):
    """How many idle sessions were found so far, and what came of them.

    The rest was closed, or taken up again by its customer, in the meantime.
    """

    found_count: int = 0
    abandoned_count: int = 0
    failed_count: int = 0


@dataclass(frozen=True, slots=True)
class IdleTimes:
    """How long a session may be idle: in general, and in organizations that chose otherwise."""

    default: timedelta
    by_organization_id: Mapping[EntityId, timedelta]

    @property
    def shortest(self) -> timedelta:
        """The time after which some session may have to be abandoned."""
        return min((self.default, *self.by_organization_id.values()))

    def of(self, organization_id: EntityId) -> timedelta:
        """Return the time that holds for an organization."""
        return self.by_organization_id.get(organization_id, self.default)


async def sweep_idle_sessions(
    *, now: datetime, idle_time: timedelta
) -> AsyncGenerator[SweepProgress, None]:
    """Abandon every session idle for longer than its organization's idle time, or `idle_time`.

    Yields the progress after each batch of at most 100 sessions, where a caller may stop; nothing
    when no session is idle. A session that cannot be abandoned is logged and left behind. Raises
    one of UNAVAILABLE_ERRORS when the database cannot be reached.
    """
    idle_times = await _load_idle_times(idle_time)
    progress = SweepProgress()
    async for batch in _find_idle(idle_times, now):
        outcomes = await asyncio.gather(
            *(_sweep(session, idle_times, now) for session in batch), return_exceptions=True
        )
        _raise_if_unavailable(outcomes)
        failures = [each for each in outcomes if isinstance(each, BaseException)]
        progress = SweepProgress(
            found_count=progress.found_count + len(batch),
            abandoned_count=progress.abandoned_count + outcomes.count(True),
            failed_count=progress.failed_count + len(failures),
        )
        yield progress


async def _load_idle_times(default: timedelta) -> IdleTimes:
    minutes = await Organization.find_idle_minutes()
    own = {organization_id: timedelta(minutes=each) for organization_id, each in minutes.items()}
    return IdleTimes(default=default, by_organization_id=own)


async def _find_idle(
    idle_times: IdleTimes, now: datetime
) -> AsyncIterator[tuple[LastActivity, ...]]:
    batch: list[LastActivity] = []
    async for session in BookingSession.stream_idle(before=now - idle_times.shortest):
        if session.at < now - idle_times.of(session.organization_id):
            batch.append(session)
        if len(batch) == SESSIONS_PER_BATCH:
            yield tuple(batch)
            batch.clear()
    if batch:
        yield tuple(batch)


async def _sweep(session: LastActivity, idle_times: IdleTimes, now: datetime) -> bool:
    try:
        return await abandon_idle_session(
            session.session_id,
            organization_id=session.organization_id,
            idle_before=now - idle_times.of(session.organization_id),
            now=now,
        )
    except UNAVAILABLE_ERRORS:
        raise
    except Exception as error:
        # Only the kind of error: its text may repeat what the customer entered.
        kind = type(error).__name__
        logger.error("session %s cannot be abandoned: %s", session.session_id, kind)
        raise


def _raise_if_unavailable(outcomes: Sequence[bool | BaseException]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, UNAVAILABLE_ERRORS) or not isinstance(outcome, bool | Exception):
            raise outcome
