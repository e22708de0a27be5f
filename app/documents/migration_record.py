"""Which migrations were made, and how far the one under way is."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.documents.base import StoredDocument
from app.documents.driver import DuplicateKeyError, ReturnDocument, UpdateOne
from app.domain.values import EntityId


class MigrationRecord(StoredDocument):
    """One migration of the whole database; the id is the migration's.

    Whoever makes it holds the lease, of `lease_token`, and renews it until it is done; nobody else
    takes it up before `leased_until`.
    """

    checkpoint: str | None = None
    changed_count: int = 0
    started_at: datetime
    finished_at: datetime | None = None
    lease_token: EntityId | None = None
    leased_until: datetime | None = None

    class Settings:
        name = "migrations"

    @classmethod
    async def find_finished_ids(cls) -> set[str]:
        """Return the migrations that were made to the end."""
        cursor = cls.get_motor_collection().find({"finished_at": {"$type": "date"}}, {"_id": 1})
        return {raw["_id"] async for raw in cursor}

    @classmethod
    async def note_made(cls, migration_ids: Sequence[str]) -> None:
        """Note, by the database's clock, that nothing is left to be done for the migrations."""
        await cls.get_motor_collection().bulk_write(
            [
                UpdateOne(
                    {"_id": migration_id},
                    {
                        "$currentDate": {"started_at": True, "finished_at": True},
                        "$set": {"checkpoint": None, "changed_count": 0},
                    },
                    upsert=True,
                )
                for migration_id in migration_ids
            ]
        )

    @classmethod
    async def claim(
        cls, migration_id: str, *, lease_token: EntityId, now: datetime, lease: timedelta
    ) -> "MigrationRecord | None":
        """Take the migration up; None when it is finished or somebody else's."""
        leased = {"lease_token": lease_token, "leased_until": now + lease}
        collection = cls.get_motor_collection()
        raw = await collection.find_one_and_update(
            {"_id": migration_id, "finished_at": None, "leased_until": {"$lte": now}},
            {"$set": leased},
            return_document=ReturnDocument.AFTER,
        )
        if raw is not None:
            return cls.parse(raw)
        record = {"_id": migration_id, "checkpoint": None, "changed_count": 0, "started_at": now}
        try:
            await collection.insert_one({**record, "finished_at": None, **leased})
        except DuplicateKeyError:
            return None
        return cls.parse({**record, **leased})

    @classmethod
    async def renew(
        cls, migration_id: str, *, lease_token: EntityId, now: datetime, lease: timedelta
    ) -> bool:
        """Hold the lease for longer; False when somebody else has it."""
        result = await cls.get_motor_collection().update_one(
            {"_id": migration_id, "lease_token": lease_token},
            {"$set": {"leased_until": now + lease}},
        )
        return bool(result.matched_count)

    @classmethod
    async def save_checkpoint(
        cls, migration_id: str, *, lease_token: EntityId, checkpoint: str, changed_count: int
    ) -> bool:
        """Note that a batch is done; False when somebody else has the lease."""
        result = await cls.get_motor_collection().update_one(
            {"_id": migration_id, "lease_token": lease_token},
            {"$set": {"checkpoint": checkpoint}, "$inc": {"changed_count": changed_count}},
        )
        return bool(result.matched_count)

    @classmethod
    async def finish(cls, migration_id: str, *, lease_token: EntityId, now: datetime) -> bool:
        """Note that all is done; False when somebody else has the lease."""
        result = await cls.get_motor_collection().update_one(
            {"_id": migration_id, "lease_token": lease_token},
            {"$set": {"finished_at": now, "lease_token": None, "leased_until": None}},
        )
        return bool(result.matched_count)

    @classmethod
    async def forget(cls, migration_id: str) -> None:
        """Let the migration be made again."""
        await cls.get_motor_collection().delete_one({"_id": migration_id})
