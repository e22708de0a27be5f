"""Storing what was counted as rollups, in all views, and making days of hours."""

from collections.abc import Mapping
from datetime import datetime

from app.documents.analytics_rollup import AnalyticsRollup, BucketKey, BucketRange, Span
from app.documents.analytics_times import AnalyticsTimes
from app.documents.base import MAX_DOCUMENT_BYTES
from app.documents.driver import new_id
from app.domain.analytics.encoded_tally import (
    EncodedTally,
    StoredTimes,
    decode_tally,
    encode_tally,
)
from app.domain.analytics.tally import SECTIONS, Tally
from app.domain.analytics.views import View
from app.domain.values import EntityId
from app.services.analytics.counting import Counted
from app.services.analytics.times import RollupReplacedError


async def load_day(organization_id: EntityId, day: datetime) -> Counted | None:
    """Return what the hours of a day say together; None when one of them says nothing.

    Raises `RollupReplacedError` when another worker replaces an hour meanwhile.
    """
    where = BucketRange(organization_id, Span.HOUR, View.FULL, day, day + Span.DAY.length)
    hours = await AnalyticsRollup.find_in_range(where, sections=SECTIONS)
    times = {each: stored async for each, stored in AnalyticsTimes.stream_in_range(where)}
    tally = Tally()
    for hour in hours:
        if hour.is_too_large:
            return None
        tally.add(decode_tally(EncodedTally(hour.sections, _times_of(hour, times))))
    expiries = [hour.next_expiry_at for hour in hours if hour.next_expiry_at is not None]
    return Counted(tally, min(expiries, default=None))


def _times_of(rollup: AnalyticsRollup, times: Mapping[str, StoredTimes]) -> StoredTimes:
    if rollup.times_id is None:
        return {}
    if rollup.times_id not in times:
        raise RollupReplacedError
    return times[rollup.times_id]


async def store_bucket(
    key: BucketKey, versions: Mapping[View, int], counted: Counted | None, *, now: datetime
) -> bool:
    """Store every view in place of the versions read; False when one is another one by now.

    The times come first, so that no tally is without them. Those of views that were not stored stay
    until a later version is: the caller's next try, or else whoever counts the bucket next.
    """
    version = max(versions.values(), default=0) + 1
    views = {view: _encode(counted, view) for view in View}
    ids = {view: new_id() for view, encoded in views.items() if encoded and encoded.times}
    await AnalyticsTimes.insert_records(
        [
            AnalyticsTimes.record(key, view, times_id=ids[view], version=version, times=each.times)
            for view, each in views.items()
            if each is not None and view in ids
        ]
    )
    contents = {
        view: {
            "computed_at": now,
            "next_expiry_at": None if counted is None else counted.next_expiry_at,
            "is_too_large": encoded is None,
            "times_id": ids.get(view),
            "sections": encoded.sections if encoded else {},
        }
        for view, encoded in views.items()
    }
    is_stored = await AnalyticsRollup.put(
        key, read_versions=versions, version=version, contents=contents
    )
    if is_stored and versions:
        await AnalyticsTimes.delete_older(key, than_version=version)
    return is_stored


def _encode(counted: Counted | None, view: View) -> EncodedTally | None:
    """Return a view, None when it is too large: readers then ask the hours, or the sessions."""
    encoded = None if counted is None else encode_tally(counted.tally, view)
    fits = encoded is not None and encoded.document_bytes <= MAX_DOCUMENT_BYTES
    return encoded if fits else None
