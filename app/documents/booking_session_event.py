"""The events of booking sessions, the source of truth about them."""

from bisect import bisect_right
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.base import StoredDocument, chunked
from app.documents.driver import ASCENDING, DUPLICATE_KEY, BulkWriteError, IndexModel
from app.documents.ranges import between
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.booking_session.events import (
    BookingSessionEvent,
    event_from_document,
    stored_client_event_id,
)
from app.domain.values import EntityId

EVENTS_PER_BATCH = 1_000
"""A batch of a stream is held in memory; left to itself it is as large as 16 MB of records."""


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Events of one session that are stored together, and whose they are."""

    events: tuple[BookingSessionEvent, ...]
    organization_id: EntityId
    booking_session_id: EntityId
    booking_flow_id: EntityId

    def records(self) -> list[dict[str, Any]]:
        """Return the events as stored."""
        owner = {
            "organization_id": self.organization_id,
            "booking_session_id": self.booking_session_id,
            "booking_flow_id": self.booking_flow_id,
        }
        return [{**event_record(event), **owner} for event in self.events]


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A stored event, and whose it is."""

    event: BookingSessionEvent
    organization_id: EntityId
    booking_session_id: EntityId
    booking_flow_id: EntityId

    @classmethod
    def from_record(cls, raw: Mapping[str, Any]) -> "RecordedEvent":
        """Return the event as a domain value with its owners."""
        return cls(
            event=event_from_document(raw),
            organization_id=raw["organization_id"],
            booking_session_id=raw["booking_session_id"],
            booking_flow_id=raw["booking_flow_id"],
        )


@dataclass(frozen=True, slots=True)
class EventReference:
    """Which event, of which session, and when it was recorded."""

    id: EntityId
    booking_session_id: EntityId
    at: datetime


class BookingSessionEventDocument(StoredDocument):
    """An event with the session, organization and flow it belongs to; never changed."""

    organization_id: EntityId
    booking_session_id: EntityId
    booking_flow_id: EntityId
    event_type: str
    timestamp: datetime
    client_timestamp: datetime | None = None
    occurred_at: datetime
    sequence: int
    client_event_id: str | None = None
    step_id: EntityId | None = None
    data: dict[str, Any] = {}
    content_hash: str | None = None
    batch_end: int
    batch_id: EntityId | None = None
    schema_version: int = 1
    expires_at: datetime | None = None
    erasure_id: EntityId | None = None

    class Settings:
        name = "booking_session_events"
        indexes = [
            IndexModel(
                [("booking_session_id", ASCENDING), ("sequence", ASCENDING)],
                name="session_sequence",
                unique=True,
            ),
            # Not partial: the embedded database finds nothing by a partial index.
            IndexModel(
                [("booking_session_id", ASCENDING), ("client_event_id", ASCENDING)],
                name="session_client_event_id",
                unique=True,
            ),
            IndexModel(
                [("booking_session_id", ASCENDING), ("timestamp", ASCENDING)],
                name="session_timestamp",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("event_type", ASCENDING),
                    ("timestamp", ASCENDING),
                ],
                name="organization_type_timestamp",
            ),
            IndexModel(
                [("timestamp", ASCENDING)],
                name="completion_timestamp",
                partialFilterExpression={
                    "event_type": BookingSessionEventType.SESSION_COMPLETED.value
                },
            ),
            # Set on events of closed sessions only; all others are never removed.
            IndexModel(
                [("expires_at", ASCENDING)], name="expires_at", expireAfterSeconds=0, sparse=True
            ),
        ]
        # A server of the version before stores several events without a client event id.
        replaced_indexes = {"session_client_event": "session_client_event_id"}

    def to_recorded(self) -> RecordedEvent:
        """Return the event as a domain value with its owners."""
        return RecordedEvent.from_record(self.model_dump())

    @classmethod
    async def append_batches(cls, batches: Sequence[EventBatch]) -> frozenset[int]:
        """Insert batches, each whole or not at all; return the positions of those not inserted.

        The batches are one ordered insert. Two writers who start from the same history of a session
        begin with the same sequence, so the unique index stops the slower one at its first event;
        the insert then goes on after that batch.
        """
        records = [record for batch in batches for record in batch.records()]
        owners = [position for position, batch in enumerate(batches) for _ in batch.events]
        lost: set[int] = set()
        start = 0
        while start < len(records):
            stopped_at = await cls._insert_in_order(records[start:])
            if stopped_at is None:
                break
            position = owners[start + stopped_at]
            lost.add(position)
            await cls.remove_unacknowledged([event.id for event in batches[position].events])
            start = bisect_right(owners, position)
        return frozenset(lost)

    @classmethod
    async def _insert_in_order(cls, records: Sequence[dict[str, Any]]) -> int | None:
        """Insert records up to the first whose place is taken; return its index, or None."""
        try:
            await cls.get_motor_collection().insert_many(records, ordered=True)
        except BulkWriteError as error:
            failures = error.details.get("writeErrors", [])
            if not failures or failures[0].get("code") != DUPLICATE_KEY:
                raise
            return int(failures[0]["index"])
        return None

    @classmethod
    async def remove_unacknowledged(cls, event_ids: Sequence[EntityId]) -> None:
        """Remove the events of a batch that was cut short; nobody was told they were stored."""
        await cls.get_motor_collection().delete_many({"_id": {"$in": list(event_ids)}})

    @classmethod
    async def find_stored(cls, event_ids: Sequence[EntityId]) -> set[EntityId]:
        """Return which of the events are stored."""
        found: set[EntityId] = set()
        for chunk in chunked(event_ids):
            cursor = cls.get_motor_collection().find({"_id": {"$in": list(chunk)}}, {"_id": 1})
            found |= {raw["_id"] async for raw in cursor}
        return found

    @classmethod
    async def find_events(
        cls,
        booking_session_id: EntityId,
        *,
        after_sequence: int = 0,
        to_sequence: int | None = None,
        until: datetime | None = None,
    ) -> list[BookingSessionEvent]:
        """Return the session's events in order, a cut-short batch included.

        Those after a sequence, up to another one and recorded at or before a time.
        """
        query: dict[str, Any] = {
            "booking_session_id": booking_session_id,
            "sequence": {"$gt": after_sequence},
        }
        if to_sequence is not None:
            query["sequence"]["$lte"] = to_sequence
        if until is not None:
            query["timestamp"] = {"$lte": until}
        cursor = cls.get_motor_collection().find(query).sort("sequence", ASCENDING)
        return [event_from_document(raw) async for raw in cursor]

    @classmethod
    async def stream_raw(cls, booking_session_id: EntityId) -> AsyncIterator[dict[str, Any]]:
        """Yield the session's events in order, as stored."""
        cursor = (
            cls.get_motor_collection()
            .find({"booking_session_id": booking_session_id})
            .sort("sequence", ASCENDING)
            .batch_size(EVENTS_PER_BATCH)
        )
        async for raw in cursor:
            yield raw

    @classmethod
    async def stream_recorded(
        cls, booking_session_id: EntityId, *, after_sequence: int
    ) -> AsyncIterator[RecordedEvent]:
        """Yield the session's events after a sequence in order, a cut-short batch included."""
        query = {"booking_session_id": booking_session_id, "sequence": {"$gt": after_sequence}}
        cursor = cls.get_motor_collection().find(query).sort("sequence", ASCENDING)
        async for raw in cursor.batch_size(EVENTS_PER_BATCH):
            yield RecordedEvent.from_record(raw)

    @classmethod
    async def stream_owners(cls, *, before: datetime) -> AsyncIterator[EntityId]:
        """Yield the session id of every event recorded before a time, in no order, repeated."""
        cursor = (
            cls.get_motor_collection()
            .find({"timestamp": {"$lt": before}}, {"booking_session_id": 1})
            .batch_size(EVENTS_PER_BATCH)
        )
        async for raw in cursor:
            yield str(raw["booking_session_id"])

    @classmethod
    async def stream_of_type(
        cls, organization_id: EntityId, event_type: BookingSessionEventType, *, since: datetime
    ) -> AsyncIterator[EventReference]:
        """Yield the organization's events of a type recorded at or after a time, oldest first."""
        query = {
            "organization_id": organization_id,
            "event_type": event_type.value,
            **between("timestamp", since, None),
        }
        cursor = cls.get_motor_collection().find(query, {"timestamp": 1, "booking_session_id": 1})
        async for raw in cursor.sort("timestamp", ASCENDING).batch_size(EVENTS_PER_BATCH):
            yield EventReference(raw["_id"], raw["booking_session_id"], raw["timestamp"])

    @classmethod
    async def find_moments(
        cls, booking_session_id: EntityId, *, to_sequence: int
    ) -> list[tuple[BookingSessionEventType, datetime]]:
        """Return the kind and time of the session's events up to a sequence, in order."""
        cursor = (
            cls.get_motor_collection()
            .find(
                {"booking_session_id": booking_session_id, "sequence": {"$lte": to_sequence}},
                {"event_type": 1, "timestamp": 1},
            )
            .sort("sequence", ASCENDING)
        )
        return [
            (BookingSessionEventType(raw["event_type"]), raw["timestamp"]) async for raw in cursor
        ]

    @classmethod
    async def find_news_and_repeats(
        cls,
        booking_session_id: EntityId,
        *,
        after_sequence: int,
        client_event_ids: Sequence[str],
    ) -> list[BookingSessionEvent]:
        """Return, in order, the events after a sequence and those with one of the client ids.

        Two commands, since the embedded database answers `$or` by reading the whole collection. The
        repeats come first: an event stored in between is then among the news. Only a session's
        first event comes from no client, so up to there nothing can be a repeat.
        """
        found: dict[int, BookingSessionEvent] = {}
        if client_event_ids and after_sequence > 1:
            repeats = cls.get_motor_collection().find(
                {
                    "booking_session_id": booking_session_id,
                    "client_event_id": {"$in": list(client_event_ids)},
                }
            )
            found = {raw["sequence"]: event_from_document(raw) async for raw in repeats}
        for event in await cls.find_events(booking_session_id, after_sequence=after_sequence):
            found[event.sequence] = event
        return [found[sequence] for sequence in sorted(found)]


def event_record(event: BookingSessionEvent) -> dict[str, Any]:
    """Return the event as stored."""
    record = event.model_dump(exclude={"id"})
    record["_id"] = event.id
    return with_client_event_id(record)


def with_client_event_id(record: dict[str, Any]) -> dict[str, Any]:
    """Return a stored event of any version with a client event id, as the unique index needs."""
    client_event_id = stored_client_event_id(
        record.get("client_event_id"), sequence=record.get("sequence", 0)
    )
    return {**record, "client_event_id": client_event_id}
