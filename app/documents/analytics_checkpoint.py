"""How far an organization's rollups have come, and which worker is at it.

A worker that takes an organization's turn moves its due time to the end of a lease, so one field
says what is due for the first time, what is due again and what a dead worker left behind. The lease
only spares work: rollups stay right when two workers are at the same ones.
"""

from datetime import datetime

from app.documents import analytics_rollup
from app.documents.base import StoredDocument
from app.documents.driver import DuplicateKeyError
from app.domain.values import EntityId


class AnalyticsCheckpoint(StoredDocument):
    """Up to when the changes of an organization's sessions are in its rollups; id: its own.

    `at` is None before the first run has ended. `lease_id` is that of the worker whose turn it is
    until `due_at`.
    """

    organization_id: EntityId
    at: datetime | None = None
    format: int = 0
    due_at: datetime | None = None
    lease_id: str | None = None

    class Settings:
        name = "analytics_checkpoints"

    @classmethod
    async def find_time(cls, organization_id: EntityId) -> datetime | None:
        """Return up to when the rollups know of changes, None when they cannot be read."""
        checkpoint = await cls.find_one({"_id": organization_id})
        if checkpoint is None or checkpoint.format != analytics_rollup.FORMAT:
            return None
        return checkpoint.at

    @classmethod
    async def advance(cls, organization_id: EntityId, *, at: datetime) -> None:
        """Move the checkpoint on, never back."""
        current = analytics_rollup.FORMAT
        collection = cls.get_motor_collection()
        await collection.update_one(
            {"_id": organization_id, "format": {"$ne": current}},
            {"$set": {"format": current, "at": at}},
        )
        new = {"organization_id": organization_id, "format": current}
        await collection.update_one(
            {"_id": organization_id}, {"$max": {"at": at}, "$setOnInsert": new}, upsert=True
        )

    @classmethod
    async def take_turn(
        cls, organization_id: EntityId, *, lease_id: str, now: datetime, until: datetime
    ) -> bool:
        """Take the organization's turn until then; False when it is not due."""
        collection = cls.get_motor_collection()
        lease = {"due_at": until, "lease_id": lease_id}
        # True as well where it never had a turn.
        due = {"_id": organization_id, "due_at": {"$not": {"$gt": now}}}
        if (await collection.update_one(due, {"$set": lease})).matched_count:
            return True
        first = {"_id": organization_id, "organization_id": organization_id, "format": 0, **lease}
        try:
            await collection.insert_one(first)
        except DuplicateKeyError:
            return False
        return True

    @classmethod
    async def prolong_turn(
        cls, organization_id: EntityId, *, lease_id: str, until: datetime
    ) -> bool:
        """Let the turn last until then; False when another worker has taken it."""
        result = await cls.get_motor_collection().update_one(
            {"_id": organization_id, "lease_id": lease_id}, {"$set": {"due_at": until}}
        )
        return bool(result.matched_count)
