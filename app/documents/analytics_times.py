"""The times that percentiles are made of, apart from the tallies they belong to.

A report reads the few bands it needs. A document is never changed: a bucket counted anew gets new
ones, under another id, and the old ones go. So whoever does not find the id that a tally names has
read a tally that has been replaced since.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.documents.analytics_rollup import BUCKETS_PER_COMMAND, FORMAT, BucketKey, BucketRange, Span
from app.documents.base import StoredDocument, chunked
from app.documents.driver import ASCENDING, IndexModel
from app.domain.analytics.encoded_tally import StoredTimes
from app.domain.analytics.views import View
from app.domain.values import EntityId

MAX_PATHS = 400
"""Beyond this, naming the bands takes longer than reading all of them."""


class AnalyticsTimes(StoredDocument):
    """The times of one view of a bucket, as `encode_tally` makes them, and its version."""

    organization_id: EntityId
    span: Span
    view: View
    starts_at: datetime
    version: int
    format: int = FORMAT
    times: dict[str, dict[str, bytes]] = {}

    class Settings:
        name = "analytics_times"
        indexes = [
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("span", ASCENDING),
                    ("view", ASCENDING),
                    ("starts_at", ASCENDING),
                ],
                name="organization_span_view_start",
            ),
        ]

    @classmethod
    def record(
        cls, key: BucketKey, view: View, *, times_id: EntityId, version: int, times: StoredTimes
    ) -> dict[str, Any]:
        """Return a document as stored."""
        return {"_id": times_id, **key.record(view), "version": version, "times": times}

    @classmethod
    async def insert_records(cls, records: Sequence[Mapping[str, Any]]) -> None:
        """Store documents that no tally names yet."""
        if records:
            await cls.get_motor_collection().insert_many(records, ordered=False)

    @classmethod
    async def stream_in_range(
        cls, where: BucketRange, *, wanted: Sequence[str] | None = None
    ) -> AsyncIterator[tuple[EntityId, StoredTimes]]:
        """Yield the id and the times of each bucket; with `wanted`, `row.band`, those only."""
        paths = ["times"]
        if wanted is not None and len(wanted) <= MAX_PATHS:
            paths = [f"times.{path}" for path in wanted]
        cursor = cls.get_motor_collection().find(where.query(), dict.fromkeys(paths, 1))
        async for raw in cursor.batch_size(BUCKETS_PER_COMMAND):
            yield raw["_id"], raw.get("times", {})

    @classmethod
    async def delete_older(cls, key: BucketKey, *, than_version: int) -> None:
        """Remove what tallies of earlier versions of a bucket named, or those never stored.

        Whoever still counts on top of such a version cannot store it any more.
        """
        older: list[EntityId] = []
        for view in View:
            # By the index alone: with one field more the embedded database reads everything.
            fields = ("organization_id", "span", "view", "starts_at")
            query = {name: key.record(view)[name] for name in fields}
            cursor = cls.get_motor_collection().find(query, {"version": 1})
            older += [raw["_id"] async for raw in cursor if raw["version"] < than_version]
        await cls.delete_ids(older)

    @classmethod
    async def delete_ids(cls, times_ids: Sequence[EntityId]) -> None:
        """Remove documents that no tally names."""
        for chunk in chunked(times_ids):
            await cls.get_motor_collection().delete_many({"_id": {"$in": chunk}})
