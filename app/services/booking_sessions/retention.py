"""Letting the events of closed sessions go when their organization's time of retention is over.

The events are not removed here: they are marked with the time they expire at, and the database
removes them then. Events of a session that goes on are never marked. Any number of workers may do
this at once: they write the same, and what one leaves half done the next finds again.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime, timedelta

from app.documents.event_retention import (
    SESSIONS_PER_BATCH,
    ClosedSession,
    set_expiry,
    set_retention_only,
    stream_kept_otherwise,
)
from app.documents.organization import Organization
from app.domain.values import EntityId, Value

GRACE = timedelta(days=1)
"""No event expires earlier than this after it is marked: time to correct a slip of the hand."""

GOING = timedelta(minutes=5)
"""Events that expire within this time are as good as gone: the database may be at them."""


class RetentionProgress(Value):
    """Of how many closed sessions the events were given, or freed from, a time to expire at."""

    marked_count: int = 0
    unmarked_count: int = 0
    gone_count: int = 0


async def apply_retention(
    *, now: datetime, default_days: int | None
) -> AsyncGenerator[RetentionProgress, None]:
    """Mark the events of every closed session that its organization keeps otherwise by now.

    `default_days` holds where an organization has chosen nothing; None keeps events for ever.
    Yields the progress after each batch of at most 100 sessions, where a caller may stop. Raises
    one of UNAVAILABLE_ERRORS when the database cannot be reached.
    """
    progress = RetentionProgress()
    for organization_id, own_days in (await Organization.find_retention_days()).items():
        days = default_days if own_days is None else own_days
        async for batch in _find_batches(organization_id, days):
            step = await _mark(batch, days, now)
            progress = RetentionProgress(
                marked_count=progress.marked_count + step.marked_count,
                unmarked_count=progress.unmarked_count + step.unmarked_count,
                gone_count=progress.gone_count + step.gone_count,
            )
            yield progress


async def _find_batches(
    organization_id: EntityId, days: int | None
) -> AsyncIterator[list[ClosedSession]]:
    batch: list[ClosedSession] = []
    async for session in stream_kept_otherwise(organization_id, retention_days=days):
        batch.append(session)
        if len(batch) == SESSIONS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _mark(batch: list[ClosedSession], days: int | None, now: datetime) -> RetentionProgress:
    gone = [each for each in batch if _is_gone(each, now)]
    kept = [each for each in batch if not _is_gone(each, now)]
    if gone:
        await set_retention_only([each.session_id for each in gone], retention_days=days)
    if kept:
        expiry = [(each.session_id, expires_at(each, days, now)) for each in kept]
        await set_expiry(expiry, retention_days=days, now=now)
    return RetentionProgress(
        marked_count=0 if days is None else len(kept),
        unmarked_count=len(kept) if days is None else 0,
        gone_count=len(gone),
    )


def expires_at(session: ClosedSession, days: int | None, now: datetime) -> datetime | None:
    """Return when a session's events expire: so many days after its end, and not within a day."""
    if days is None:
        return None
    return max(session.closed_at + timedelta(days=days), now + GRACE)


def _is_gone(session: ClosedSession, now: datetime) -> bool:
    return session.events_expire_at is not None and session.events_expire_at <= now + GOING
