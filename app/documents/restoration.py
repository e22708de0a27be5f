"""Which backups were restored here, so that one cut short can be gone on with."""

from datetime import datetime

from app.documents.base import StoredDocument
from app.documents.driver import DuplicateKeyError


class Restoration(StoredDocument):
    """The restoring of one backup; the id is the backup's checksum."""

    started_at: datetime
    finished_at: datetime | None = None

    class Settings:
        name = "restorations"

    @classmethod
    async def begin(cls, checksum: str, *, now: datetime) -> None:
        """Note that it begins, or goes on."""
        record = {"_id": checksum, "started_at": now, "finished_at": None}
        try:
            await cls.get_motor_collection().insert_one(record)
        except DuplicateKeyError:
            await cls.get_motor_collection().update_one(
                {"_id": checksum}, {"$set": {"finished_at": None}}
            )

    @classmethod
    async def is_under_way(cls, checksum: str) -> bool:
        """Whether it was begun and not finished."""
        record = await cls.find_one({"_id": checksum})
        return record is not None and record.finished_at is None

    @classmethod
    async def finish(cls, checksum: str, *, now: datetime) -> None:
        """Note that all of it is stored."""
        await cls.get_motor_collection().update_one(
            {"_id": checksum}, {"$set": {"finished_at": now}}
        )
