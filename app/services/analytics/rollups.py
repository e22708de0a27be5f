"""Keeping the rollups: every hour whose sessions have changed is counted anew, as a whole.

Nothing is added to what was counted before. So it does not matter how often, in which order or by
how many workers this is done, and late events, erased persons and expired events need no care of
their own. A run that dies half-way leaves the checkpoint where it was.
"""

from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby

from app.documents.analytics_checkpoint import AnalyticsCheckpoint
from app.documents.analytics_formats import delete_other_formats
from app.documents.analytics_rollup import AnalyticsRollup, BucketKey, Span
from app.documents.session_changes import find_changed_hours, find_rebooked_hours
from app.domain.values import EntityId, Value
from app.services.analytics.buckets import load_day, store_bucket
from app.services.analytics.counting import Counting, count_hour, open_counting
from app.services.analytics.times import RollupReplacedError

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
    since = await AnalyticsCheckpoint.find_time(organization_id)
    if since is None:
        await delete_other_formats(organization_id)
        hours = await _all_hours(organization_id)
    else:
        hours = await find_changed_hours(organization_id, since=since)
        hours |= await find_rebooked_hours(organization_id, since=since)
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
        versions = await AnalyticsRollup.find_versions(key)
        counted = await count_hour(counting, hour)
        if await store_bucket(key, versions, counted, now=counting.now):
            return
    raise RollupContentionError(str(key))


async def _replace_day(organization_id: EntityId, day: datetime, now: datetime) -> None:
    key = BucketKey(organization_id, Span.DAY, day)
    for _ in range(MAX_ATTEMPTS):
        versions = await AnalyticsRollup.find_versions(key)
        try:
            counted = await load_day(organization_id, day)
        except RollupReplacedError:
            continue
        if await store_bucket(key, versions, counted, now=now):
            return
    raise RollupContentionError(str(key))
