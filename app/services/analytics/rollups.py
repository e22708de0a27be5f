"""Keeping the rollups: every hour whose sessions have changed is counted anew, as a whole.

Nothing is added to what was counted before. So it does not matter how often, in which order or by
how many workers this is done, and late events, erased persons and expired events need no care of
their own. A run that dies half-way leaves the checkpoint where it was.
"""

from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby

from app.documents.analytics_rollup import AnalyticsCheckpoint, AnalyticsRollup, BucketKey, Span
from app.documents.base import MAX_DOCUMENT_BYTES
from app.documents.session_changes import find_changed_hours
from app.domain.analytics.tally import SECTIONS, Tally, decode_sections, encode_sections
from app.domain.values import EntityId, Value
from app.services.analytics.counting import Counted, Counting, count_hour, open_counting

OVERLAP = timedelta(minutes=5)
"""How much later than it says a session may be stored.

A session bears the time at which its request came in, by that server's clock.
"""

MAX_ATTEMPTS = 20


class RollupProgress(Value):
    """How many hours were counted, and how many days made of them."""

    hour_count: int = 0
    day_count: int = 0


class RollupContentionError(RuntimeError):
    """Other workers keep replacing the same bucket."""


async def refresh_rollups(
    organization_id: EntityId, *, now: datetime
) -> AsyncGenerator[RollupProgress, None]:
    """Count the hours that have changed since the checkpoint; yields after each day.

    A caller may stop there; what is left is done by the next run.
    """
    checkpoint = await AnalyticsCheckpoint.find_for(organization_id)
    if checkpoint is None:
        hours = await _all_hours(organization_id)
    else:
        hours = await find_changed_hours(organization_id, since=checkpoint.at)
        async for hour in AnalyticsRollup.stream_expired_hours(organization_id, now=now):
            hours.add(hour)
    async for progress in _count(organization_id, hours, now):
        yield progress


async def rebuild_rollups(
    organization_id: EntityId, *, now: datetime
) -> AsyncGenerator[RollupProgress, None]:
    """Count every hour anew, whatever is stored; yields after each day."""
    hours = await _all_hours(organization_id)
    async for progress in _count(organization_id, hours, now):
        yield progress


async def _all_hours(organization_id: EntityId) -> set[datetime]:
    stored = await AnalyticsRollup.find_starts(organization_id, Span.HOUR)
    return stored | await find_changed_hours(organization_id, since=None)


async def _count(
    organization_id: EntityId, hours: Iterable[datetime], now: datetime
) -> AsyncGenerator[RollupProgress, None]:
    if hours := sorted(hours):
        counting = await open_counting(organization_id, now=now)
    hour_count = 0
    for day_count, (day, in_day) in enumerate(groupby(hours, key=start_of_day), start=1):
        for hour in in_day:
            await _replace_hour(counting, hour)
            hour_count += 1
        await _replace_day(organization_id, day, now)
        yield RollupProgress(hour_count=hour_count, day_count=day_count)
    await AnalyticsCheckpoint.advance(organization_id, at=now - OVERLAP)


def start_of_day(moment: datetime) -> datetime:
    """Return the beginning of the day in UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _replace_hour(counting: Counting, hour: datetime) -> None:
    key = BucketKey(counting.organization_id, Span.HOUR, hour)
    for _ in range(MAX_ATTEMPTS):
        version = await AnalyticsRollup.find_version(key)
        counted = await count_hour(counting, hour)
        if await _put(key, version, counted, now=counting.now):
            return
    raise RollupContentionError(key.document_id)


async def _replace_day(organization_id: EntityId, day: datetime, now: datetime) -> None:
    key = BucketKey(organization_id, Span.DAY, day)
    for _ in range(MAX_ATTEMPTS):
        version = await AnalyticsRollup.find_version(key)
        hours = await AnalyticsRollup.find_in_range(
            organization_id, Span.HOUR, day, day + Span.DAY.length, sections=SECTIONS
        )
        if await _put(key, version, _merge(hours), now=now):
            return
    raise RollupContentionError(key.document_id)


def _merge(hours: list[AnalyticsRollup]) -> Counted | None:
    """Return what the hours say together; None when one of them says nothing."""
    tally = Tally()
    for hour in hours:
        if hour.is_too_large:
            return None
        tally.add(decode_sections(hour.sections))
    expiries = [hour.next_expiry_at for hour in hours if hour.next_expiry_at is not None]
    return Counted(tally, min(expiries, default=None))


async def _put(
    key: BucketKey, read_version: int | None, counted: Counted | None, *, now: datetime
) -> bool:
    sections = None if counted is None else encode_sections(counted.tally)
    if sections is not None and sum(map(len, sections.values())) > MAX_DOCUMENT_BYTES:
        # Readers then ask the hours, or the sessions.
        sections = None
    content = {
        "computed_at": now,
        "next_expiry_at": None if counted is None else counted.next_expiry_at,
        "is_too_large": sections is None,
        "sections": sections or {},
    }
    return await AnalyticsRollup.put(key, read_version=read_version, content=content)
