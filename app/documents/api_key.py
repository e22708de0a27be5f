"""Keys of programs that act for an organization."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, IndexModel, ReturnDocument
from app.domain.access import Role
from app.domain.values import EntityId, Name


class ApiKey(OrganizationDocument):
    """An API key; the key itself is shown once and only its SHA-256 digest is kept.

    `former_key_hash` is that of the key before the last rotation, while it still works.
    """

    name: Name
    role: Role
    prefix: str
    key_hash: str
    former_key_hash: str | None = None
    former_valid_until: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None

    class Settings:
        name = "api_keys"
        indexes = [
            IndexModel([("key_hash", ASCENDING)], name="key_hash", unique=True),
            IndexModel([("former_key_hash", ASCENDING)], name="former_key_hash"),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="organization"),
        ]

    def is_active(self, now: datetime) -> bool:
        """Return whether the key was neither revoked nor has expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @classmethod
    async def find_active(cls, key_hash: str, *, now: datetime) -> "ApiKey | None":
        """Return the key with this digest, also one just rotated away, unless it has ended."""
        key = await cls.find_one({"key_hash": key_hash})
        if key is None:
            key = await cls._find_by_former(key_hash, now=now)
        return key if key is not None and key.is_active(now) else None

    @classmethod
    async def _find_by_former(cls, key_hash: str, *, now: datetime) -> "ApiKey | None":
        key = await cls.find_one({"former_key_hash": key_hash})
        if key is None or key.former_valid_until is None or key.former_valid_until <= now:
            return None
        return key

    @classmethod
    async def has_other_owner(
        cls, organization_id: EntityId, *, than: EntityId, now: datetime
    ) -> bool:
        """Return whether an active OWNER key remains without the one named."""
        query = {"organization_id": organization_id, "role": Role.OWNER.value, "revoked_at": None}
        async for key in cls.find(query):
            if key.id != than and key.is_active(now):
                return True
        return False

    @classmethod
    async def revoke(
        cls, organization_id: EntityId, key_id: EntityId, *, now: datetime
    ) -> "ApiKey | None":
        """Revoke the organization's key, at once; None when it was revoked before."""
        return await cls._change(organization_id, key_id, {"revoked_at": now, "updated_at": now})

    @classmethod
    async def rotate(
        cls,
        key: "ApiKey",
        *,
        prefix: str,
        key_hash: str,
        former_valid_until: datetime | None,
        now: datetime,
    ) -> "ApiKey | None":
        """Give the key a new secret; None when it was revoked or rotated meanwhile.

        The secret it had works until `former_valid_until`; one from before that ends at once.
        """
        changes = {
            "prefix": prefix,
            "key_hash": key_hash,
            "former_key_hash": None if former_valid_until is None else key.key_hash,
            "former_valid_until": former_valid_until,
            "rotated_at": now,
            "updated_at": now,
        }
        return await cls._change(key.organization_id, key.id, changes, key_hash=key.key_hash)

    @classmethod
    async def _change(
        cls,
        organization_id: EntityId,
        key_id: EntityId,
        changes: Mapping[str, Any],
        **expected: Any,
    ) -> "ApiKey | None":
        raw = await cls.get_motor_collection().find_one_and_update(
            {"_id": key_id, "organization_id": organization_id, "revoked_at": None, **expected},
            {"$set": dict(changes)},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)

    @classmethod
    async def note_use(cls, key_id: EntityId, *, now: datetime) -> None:
        """Keep when the key was used; an older time never replaces a newer one."""
        await cls.get_motor_collection().update_one(
            {"_id": key_id}, {"$max": {"last_used_at": now}}
        )

    @classmethod
    async def list_active_by_prefix(cls, prefix: str) -> list["ApiKey"]:
        """Return the keys shown with exactly this prefix that were not revoked."""
        return await cls.find({"prefix": prefix, "revoked_at": None}).to_list()
