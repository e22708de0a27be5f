"""Tallies of past hours and days, so that reports on long ranges read no sessions.

A bucket is replaced as a whole and only by a writer who knows its version, which it read before the
sessions: so whatever a bucket says was read after what it said before.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel
from app.documents.ranges import between
from app.domain.values import EntityId

FORMAT = 1
"""Raised whenever the meaning of what is stored changes; buckets of another format are not read."""

HOURS_PER_COMMAND = 500


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

    @property
    def document_id(self) -> str:
        """The id the bucket is stored under, so that there is one only."""
        return f"{self.organization_id}-{self.span.value}-{int(self.starts_at.timestamp())}"


class AnalyticsRollup(StoredDocument):
    """The tally of the organization's sessions created in an hour or a day.

    `sections` are as `encode_sections` makes them, empty when they were too large to be stored.
    `next_expiry_at` is when the events of a session counted expire and the times must be counted
    anew.
    """

    organization_id: EntityId
    span: Span
    starts_at: datetime
    version: int
    format: int = FORMAT
    computed_at: datetime
    next_expiry_at: datetime | None = None
    is_too_large: bool = False
    sections: dict[str, bytes] = {}

    class Settings:
        name = "analytics_rollups"
        indexes = [
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("span", ASCENDING),
                    ("starts_at", ASCENDING),
                ],
                name="organization_span_start",
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
        cls,
        organization_id: EntityId,
        span: Span,
        start: datetime,
        end: datetime,
        *,
        sections: Iterable[str],
    ) -> "list[AnalyticsRollup]":
        """Return the buckets that begin in `[start, end)`, with these sections only."""
        wanted = {f"sections.{name}": 1 for name in sections}
        fields = {name: 1 for name in cls.model_fields if name not in {"id", "sections"}}
        query = {"organization_id": organization_id, "span": span.value}
        cursor = cls.get_motor_collection().find(
            {**query, **between("starts_at", start, end)}, {**fields, **wanted}
        )
        return [cls.parse(raw) async for raw in cursor.batch_size(HOURS_PER_COMMAND)]

    @classmethod
    async def find_starts(cls, organization_id: EntityId, span: Span) -> set[datetime]:
        """Return when the organization's buckets of a span begin."""
        cursor = cls.get_motor_collection().find(
            {"organization_id": organization_id, "span": span.value}, {"starts_at": 1}
        )
        return {raw["starts_at"] async for raw in cursor.batch_size(HOURS_PER_COMMAND)}

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
    async def find_version(cls, key: BucketKey) -> int | None:
        """Return the version of a bucket, None when it is not stored."""
        raw = await cls.get_motor_collection().find_one({"_id": key.document_id}, {"version": 1})
        return None if raw is None else int(raw["version"])

    @classmethod
    async def put(
        cls, key: BucketKey, *, read_version: int | None, content: Mapping[str, Any]
    ) -> bool:
        """Store a bucket in place of the version read; False when another one is there by now."""
        record = {
            "_id": key.document_id,
            **key._asdict(),
            "span": key.span.value,
            "version": (read_version or 0) + 1,
            "format": FORMAT,
            **content,
        }
        collection = cls.get_motor_collection()
        if read_version is not None:
            read = {"_id": key.document_id, "version": read_version}
            return bool((await collection.replace_one(read, record)).matched_count)
        try:
            await collection.insert_one(record)
        except DuplicateKeyError:
            return False
        return True


class AnalyticsCheckpoint(StoredDocument):
    """Up to when the changes of an organization's sessions are in its rollups; id: its own."""

    organization_id: EntityId
    at: datetime
    format: int = FORMAT

    class Settings:
        name = "analytics_checkpoints"

    @classmethod
    async def find_for(cls, organization_id: EntityId) -> "AnalyticsCheckpoint | None":
        """Return the organization's checkpoint if its rollups can be read."""
        checkpoint = await cls.find_one({"_id": organization_id})
        is_readable = checkpoint is not None and checkpoint.format == FORMAT
        return checkpoint if is_readable else None

    @classmethod
    async def advance(cls, organization_id: EntityId, *, at: datetime) -> None:
        """Move the checkpoint on, never back."""
        collection = cls.get_motor_collection()
        other_format = {"_id": organization_id, "format": {"$ne": FORMAT}}
        await collection.delete_one(other_format)
        await collection.update_one(
            {"_id": organization_id},
            {
                "$max": {"at": at},
                "$setOnInsert": {"organization_id": organization_id, "format": FORMAT},
            },
            upsert=True,
        )
