"""Keys of programs that act for an organization."""

from datetime import datetime

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, IndexModel, ReturnDocument
from app.domain.access import Role
from app.domain.values import EntityId, Name


class ApiKey(OrganizationDocument):
    """An API key; the key itself is shown once and only its SHA-256 digest is kept."""

    name: Name
    role: Role
    prefix: str
    key_hash: str
    revoked_at: datetime | None = None

    class Settings:
        name = "api_keys"
        indexes = [
            IndexModel([("key_hash", ASCENDING)], name="key_hash", unique=True),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="organization"),
        ]

    @classmethod
    async def find_active(cls, key_hash: str) -> "ApiKey | None":
        """Return the key with this digest unless it was revoked."""
        return await cls.find_one({"key_hash": key_hash, "revoked_at": None})

    @classmethod
    async def revoke(
        cls, organization_id: EntityId, key_id: EntityId, *, now: datetime
    ) -> "ApiKey | None":
        """Revoke the organization's key, at once; None when it is not active.

        A key revoked before keeps the time it was revoked at.
        """
        raw = await cls.get_motor_collection().find_one_and_update(
            {"_id": key_id, "organization_id": organization_id, "revoked_at": None},
            {"$set": {"revoked_at": now, "updated_at": now}},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)

    @classmethod
    async def revoke_by_prefix(cls, prefix: str, *, now: datetime) -> int:
        """Revoke the active keys shown with exactly this prefix; return how many."""
        result = await cls.get_motor_collection().update_many(
            {"prefix": prefix, "revoked_at": None}, {"$set": {"revoked_at": now}}
        )
        return int(result.modified_count)
