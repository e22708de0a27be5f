"""Booking sessions: the snapshot of what their events say."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import (
    ASCENDING,
    DESCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    DocumentTooLarge,
    IndexModel,
    OperationFailure,
)
from app.documents.session_snapshot import (
    SNAPSHOT_FIELDS,
    SnapshotUpdate,
    newest_of_each,
    replace_older,
    snapshot_record,
)
from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.booking_session.state import (
    SESSION_STATE_ADAPTER,
    BookingOutcome,
    BookingSessionStatus,
    CurrentState,
    SessionMetrics,
    SessionState,
    StepProgression,
)
from app.domain.values import EntityId

SESSIONS_PER_BATCH = 100
"""A batch of a stream is held in memory; left to itself it is as large as 16 MB of records."""

SNAPSHOTS_PER_COMMAND = 50
"""The embedded database looks up many ids in quadratic time."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A session whose customer had abandoned another one before."""

    session_id: EntityId
    organization_id: EntityId
    resumed_from_session_id: EntityId
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LastActivity:
    """When something happened last in a session, as far as its snapshot knows."""

    session_id: EntityId
    organization_id: EntityId
    at: datetime


class BookingSession(OrganizationDocument):
    """A customer's session; everything from `sequence` to the outcome is derived from events."""

    scheduler_config_id: EntityId | None = None
    idempotency_key: str | None = None
    request_hash: str | None = None
    event_id_policy: EventIdPolicy = EventIdPolicy()
    booking_session_event_ids: list[EntityId] = []
    sequence: int
    booking_flow_id: EntityId
    revision: int
    booking_flow_revision_id: EntityId
    started_at: datetime
    session_context: SessionContext
    resumed_from_session_id: EntityId | None = None
    step_progression: StepProgression
    metrics: SessionMetrics
    current_state: CurrentState
    booking_outcome: BookingOutcome
    event_retention_days: int | None = None
    events_expire_at: datetime | None = None
    erasure_id: EntityId | None = None

    class Settings:
        name = "booking_sessions"
        indexes = [
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("booking_outcome.status", ASCENDING),
                    ("created_at", DESCENDING),
                ],
                name="organization_status_created",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("created_at", DESCENDING),
                    ("_id", DESCENDING),
                ],
                name="organization_created",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("updated_at", ASCENDING)],
                name="organization_updated",
            ),
            IndexModel([("booking_outcome.booking_id", ASCENDING)], name="booking", sparse=True),
            IndexModel(
                [
                    ("booking_outcome.status", ASCENDING),
                    ("booking_outcome.drop_off_step_id", ASCENDING),
                ],
                name="status_drop_off_step",
            ),
            IndexModel(
                [
                    ("booking_outcome.status", ASCENDING),
                    ("current_state.last_activity_at", ASCENDING),
                ],
                name="status_last_activity",
            ),
            IndexModel([("resumed_from_session_id", ASCENDING)], name="resumed_from_session"),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("booking_outcome.status", ASCENDING),
                    ("event_retention_days", ASCENDING),
                ],
                name="organization_status_retention",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("idempotency_key", ASCENDING)],
                name="organization_idempotency",
                unique=True,
                # Not by `$type`, or the embedded database would not find by it.
                partialFilterExpression={"idempotency_key": {"$gt": ""}},
            ),
        ]

    def to_state(self) -> SessionState:
        """Return the stored snapshot as a domain value."""
        return SESSION_STATE_ADAPTER.validate_python(
            {name: getattr(self, name) for name in SNAPSHOT_FIELDS}
        )

    @classmethod
    async def insert_new(cls, sessions: Sequence["BookingSession"]) -> frozenset[int]:
        """Insert sessions with one command; return the positions of those whose key is taken."""
        # As `to_record` says, not Beanie, which takes ten times as long to say the same.
        records = [session.to_record() for session in sessions]
        try:
            await cls.get_motor_collection().insert_many(records, ordered=False)
        except BulkWriteError as error:
            failures = error.details.get("writeErrors", [])
            if not failures or any(each.get("code") != DUPLICATE_KEY for each in failures):
                raise
            return frozenset(int(each["index"]) for each in failures)
        return frozenset()

    @classmethod
    async def remove_unacknowledged(cls, session_ids: Sequence[EntityId]) -> None:
        """Remove sessions whose start was taken back; nobody was told that they were stored."""
        await cls.get_motor_collection().delete_many({"_id": {"$in": list(session_ids)}})

    def to_record(self) -> dict[str, Any]:
        """Return the session as stored."""
        record = self.model_dump(exclude={"id", "revision_id"})
        return {"_id": self.id, **record}

    @classmethod
    async def save_snapshots(cls, updates: Sequence[SnapshotUpdate]) -> None:
        """Store snapshots, each unless a later one is stored already; 50 with a command."""
        waiting = newest_of_each(updates)
        for start in range(0, len(waiting), SNAPSHOTS_PER_COMMAND):
            await cls._save_together(waiting[start : start + SNAPSHOTS_PER_COMMAND])

    @classmethod
    async def _save_together(cls, updates: Sequence[SnapshotUpdate]) -> None:
        """Store the snapshots of different sessions with one statement.

        A statement for each takes the embedded database three times as long: it plans, commits and
        reads its list of indexes anew for every one.
        """
        session_ids = [update.session_id for update in updates]
        try:
            await cls.get_motor_collection().update_many(
                {"_id": {"$in": session_ids}}, [replace_older(updates)]
            )
        except (DocumentTooLarge, OperationFailure):
            # Too much for the driver, or for the server, which says so in several ways.
            if len(updates) == 1:
                raise
            middle = len(updates) // 2
            await cls._save_together(updates[:middle])
            await cls._save_together(updates[middle:])

    @classmethod
    async def replace_snapshot(
        cls,
        session_id: EntityId,
        state: SessionState,
        *,
        stored_sequence: int | None,
        event_ids: Sequence[EntityId],
        now: datetime,
    ) -> bool:
        """Store the state in place of the snapshot of `stored_sequence`; False if that is gone."""
        result = await cls.get_motor_collection().update_one(
            {"_id": session_id, "sequence": stored_sequence},
            {
                "$set": {
                    **snapshot_record(state),
                    "booking_session_event_ids": list(event_ids),
                    "updated_at": now,
                }
            },
        )
        return bool(result.matched_count)

    @classmethod
    async def find_raw(cls, session_id: EntityId) -> dict[str, Any] | None:
        """Return a session of whatever organization as stored, or None."""
        raw: dict[str, Any] | None = await cls.get_motor_collection().find_one({"_id": session_id})
        return raw

    @classmethod
    async def estimate_count(cls) -> int:
        """Return about how many sessions there are, at once however many."""
        return int(await cls.get_motor_collection().estimated_document_count())

    @classmethod
    async def stream_raw(cls) -> AsyncIterator[dict[str, Any]]:
        """Yield every session of every organization as stored, in no order."""
        async for raw in cls.get_motor_collection().find({}).batch_size(SESSIONS_PER_BATCH):
            yield raw

    @classmethod
    async def stream_idle(cls, *, before: datetime) -> AsyncIterator[LastActivity]:
        """Yield the active sessions of every organization in which nothing happened since then."""
        query = {
            "booking_outcome.status": BookingSessionStatus.ACTIVE.value,
            "current_state.last_activity_at": {"$lt": before},
        }
        fields = {"organization_id": 1, "current_state.last_activity_at": 1}
        cursor = cls.get_motor_collection().find(query, fields).batch_size(SESSIONS_PER_BATCH)
        async for raw in cursor:
            at = raw["current_state"]["last_activity_at"]
            yield LastActivity(raw["_id"], raw["organization_id"], at)

    @classmethod
    async def find_resumptions(cls, session_ids: Iterable[EntityId]) -> list[Resumption]:
        """Return the sessions resumed from at most 100 sessions, in no order."""
        # By one field alone: a session is resumed from one of the same organization only, and with
        # two fields the embedded database takes twice as long.
        query = {"resumed_from_session_id": {"$in": sorted(session_ids)}}
        fields = {"organization_id": 1, "resumed_from_session_id": 1, "created_at": 1}
        return [
            Resumption(
                session_id=raw["_id"],
                organization_id=raw["organization_id"],
                resumed_from_session_id=raw["resumed_from_session_id"],
                created_at=raw["created_at"],
            )
            async for raw in cls.get_motor_collection().find(query, fields)
        ]

    @classmethod
    async def existing_ids(cls, session_ids: Iterable[EntityId]) -> set[EntityId]:
        """Return which of at most 100 ids are sessions, of whatever organization."""
        query = {"_id": {"$in": sorted(session_ids)}}
        return {str(raw["_id"]) async for raw in cls.get_motor_collection().find(query, {"_id": 1})}

    @classmethod
    def stream_routed(
        cls,
        organization_id: EntityId,
        *,
        since: datetime,
        scheduler_config_ids: Sequence[EntityId] | None = None,
        limit: int,
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Stream the pages and routes of sessions created since then, the newest first.

        The records hold `ROUTED_FIELDS` only; sessions whose page is not known are left out.
        """
        query: dict[str, Any] = {
            "organization_id": organization_id,
            "created_at": {"$gte": since},
            "session_context.url": {"$type": "string"},
        }
        if scheduler_config_ids is not None:
            query["scheduler_config_id"] = {"$in": list(scheduler_config_ids)}
        cursor = cls.get_motor_collection().find(query, dict.fromkeys(ROUTED_FIELDS, 1))
        newest_first = cursor.sort([("created_at", DESCENDING), ("_id", DESCENDING)])
        return aiter(newest_first.limit(limit))

    @classmethod
    async def find_by_idempotency_key(
        cls, organization_id: EntityId, idempotency_key: str
    ) -> "BookingSession | None":
        """Return the session that was started with this key."""
        query = {"organization_id": organization_id, "idempotency_key": idempotency_key}
        return await cls.find_one(query)


ROUTED_FIELDS = (
    "created_at",
    "booking_flow_id",
    "scheduler_config_id",
    "session_context.url",
    "session_context.utm",
    "session_context.visitor_id",
    "session_context.route.rule_id",
)
