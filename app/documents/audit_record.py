"""Who changed what: the append-only record of every edit."""

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DESCENDING, IndexModel
from app.domain.audit import AuditedEntity, ChangeStatus
from app.domain.values import EntityId


class AuditRecord(OrganizationDocument):
    """One change of one entity.

    `before` and `after` are the entity as zlib-compressed JSON: an entity may hold any key, also
    such as the database gives a meaning to, and two states of a large graph must fit in a record.
    """

    mutation: str
    entity_type: AuditedEntity
    entity_id: EntityId
    api_key_id: EntityId | None = None
    api_key_name: str | None = None
    member_id: EntityId | None = None
    member_name: str | None = None
    status: ChangeStatus = ChangeStatus.PENDING
    before: bytes | None = None
    after: bytes | None = None

    class Settings:
        name = "audit_records"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
                name="organization_created",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("entity_id", ASCENDING),
                    ("created_at", DESCENDING),
                    ("_id", DESCENDING),
                ],
                name="organization_entity_created",
            ),
        ]

    async def mark_applied(self, *, after: bytes | None) -> None:
        """Complete the record of a change that was written; nothing alters it afterwards."""
        await self.get_motor_collection().update_one(
            {"_id": self.id, "status": ChangeStatus.PENDING.value},
            {"$set": {"status": ChangeStatus.APPLIED.value, "after": after}},
        )

    async def withdraw(self) -> None:
        """Take back the record of a change that was refused."""
        await self.get_motor_collection().delete_one(
            {"_id": self.id, "status": ChangeStatus.PENDING.value}
        )
