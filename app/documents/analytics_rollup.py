"""Tallies of past hours and days, so that reports on long ranges read no sessions.

Of each bucket, an hour or a day, there is a document for each view of it. Each is replaced as a
whole and only by a writer who knows its version, which it read before the sessions: so whatever it
says was read after what it said before.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.documents.base import StoredDocument
from app.documents.driver import (
    ASCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    IndexModel,
    InsertOne,
    ReplaceOne,
)
from app.documents.ranges import between
from app.domain.analytics.views import View
from app.domain.values import EntityId

FORMAT = 3
"""Raised whenever the meaning of what is stored changes; buckets of another format are not read."""

BUCKETS_PER_COMMAND = 500


class Span(StrEnum):
    """How long a bucket is; both are aligned to UTC."""

    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        """The time from the bucket's beginning to its end."""
        return timedelta(hours=1) if self is Span.HOUR else timedelta(days=1)


class BucketKey(NamedTuple):
    """Whose bucket it is, how long, and when it begins."""

    organization_id: EntityId
    span: Span
    starts_at: datetime

    def document_id(self, view: View) -> str:
        """The id a view of the bucket is stored under, so that there is one only."""
        start = int(self.starts_at.timestamp())
        return f"{self.organization_id}-{self.span.value}-{start}-{view.value}"

    def record(self, view: View) -> dict[str, Any]:
        """Return the fields that say what of which bucket a document is."""
        return {**self._asdict(), "span": self.span.value, "view": view.value, "format": FORMAT}


class BucketRange(NamedTuple):
    """A view of the buckets of one length that begin in `[start, end)`."""

    organization_id: EntityId
    span: Span
    view: View
    start: datetime
    end: datetime

    def query(self) -> dict[str, Any]:
        """Return the query for them."""
        whose = {"organization_id": self.organization_id}
        kind = {"span": self.span.value, "view": self.view.value}
        return {**whose, **kind, **between("starts_at", self.start, self.end)}


class AnalyticsRollup(StoredDocument):
    """One view of the tally of the organization's sessions created in an hour or a day.

    `sections` are as `encode_tally` makes them, empty when they were too large to be stored. The
    times are in `AnalyticsTimes` under `times_id`, None when there are none. `next_expiry_at` is
    when the events of a session counted expire and the times must be counted anew.
    """

    organization_id: EntityId
    span: Span
    view: View
    starts_at: datetime
    version: int
    format: int = FORMAT
    computed_at: datetime
    next_expiry_at: datetime | None = None
    is_too_large: bool = False
    times_id: EntityId | None = None
    sections: dict[str, bytes] = {}

    class Settings:
        name = "analytics_rollups"
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
            IndexModel(
                [("organization_id", ASCENDING), ("next_expiry_at", ASCENDING)],
                name="organization_next_expiry",
            ),
        ]

    def is_usable(self, now: datetime) -> bool:
        """Whether the bucket still says what its sessions do, as far as they have not changed."""
        is_expired = self.next_expiry_at is not None and self.next_expiry_at <= now
        return self.format == FORMAT and not self.is_too_large and not is_expired

    @property
    def ends_at(self) -> datetime:
        """The first moment after the bucket."""
        return self.starts_at + self.span.length

    @classmethod
    async def find_in_range(
        cls, where: BucketRange, *, sections: Iterable[str]
    ) -> "list[AnalyticsRollup]":
        """Return the buckets with these sections only."""
        wanted = {f"sections.{name}": 1 for name in sections}
        fields = {name: 1 for name in cls.model_fields if name not in {"id", "sections"}}
        cursor = cls.get_motor_collection().find(where.query(), {**fields, **wanted})
        return [cls.parse(raw) async for raw in cursor.batch_size(BUCKETS_PER_COMMAND)]

    @classmethod
    async def find_starts(cls, organization_id: EntityId, span: Span) -> set[datetime]:
        """Return when the organization's buckets of a span begin."""
        query = {"organization_id": organization_id, "span": span.value, "view": View.FULL.value}
        cursor = cls.get_motor_collection().find(query, {"starts_at": 1})
        return {raw["starts_at"] async for raw in cursor.batch_size(BUCKETS_PER_COMMAND)}

    @classmethod
    async def stream_expired_hours(
        cls, organization_id: EntityId, *, now: datetime
    ) -> AsyncIterator[datetime]:
        """Yield the hours in which events have expired since they were counted."""
        query = {"organization_id": organization_id, "next_expiry_at": {"$lte": now}}
        cursor = cls.get_motor_collection().find(query, {"starts_at": 1, "span": 1})
        async for raw in cursor:
            if raw["span"] == Span.HOUR.value:
                yield raw["starts_at"]

    @classmethod
    async def find_versions(cls, key: BucketKey) -> dict[View, int]:
        """Return the version of each view of a bucket that is stored."""
        ids = [key.document_id(view) for view in View]
        cursor = cls.get_motor_collection().find({"_id": {"$in": ids}}, {"version": 1, "view": 1})
        return {View(raw["view"]): int(raw["version"]) async for raw in cursor}

    @classmethod
    async def put(
        cls,
        key: BucketKey,
        *,
        read_versions: Mapping[View, int],
        version: int,
        contents: Mapping[View, Mapping[str, Any]],
    ) -> bool:
        """Store views in place of the versions read; False when one is another one by now."""
        writes: list[InsertOne[Any] | ReplaceOne[Any]] = []
        for view, content in contents.items():
            document_id = key.document_id(view)
            record = {"_id": document_id, **key.record(view), "version": version, **content}
            if view in read_versions:
                read = {"_id": document_id, "version": read_versions[view]}
                writes.append(ReplaceOne(read, record))
            else:
                writes.append(InsertOne(record))
        try:
            result = await cls.get_motor_collection().bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise
            return False
        return bool(result.inserted_count + result.matched_count == len(writes))
