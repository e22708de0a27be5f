"""Audit records as clients read them."""

from datetime import datetime

import strawberry

from app.api.audit.enums import AuditedEntity, ChangeStatus
from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.node import Node
from app.api.scalars import JSON
from app.documents import audit_record as documents
from app.services.audit import read_snapshot

ENTITY_TYPES = {entity: EntityType[entity.name] for entity in AuditedEntity}


@strawberry.type(description="Who made a change: an API key or a member.")
class AuditActor:
    api_key_id: strawberry.ID | None = strawberry.field(
        description="The API key it was made with; null for a member."
    )
    api_key_name: str | None = strawberry.field(
        description="The key's name at that time; null when it was not known."
    )
    member_id: strawberry.ID | None = strawberry.field(
        description="The member who made it; null for an API key."
    )
    member_name: str | None = strawberry.field(
        description="The member's name at that time; null for an API key."
    )


@strawberry.type(description="One change of one entity; never altered or removed.")
class AuditRecord(Node):
    created_at: datetime = strawberry.field(description="When the change was made.")
    actor: AuditActor = strawberry.field(description="Who made it.")
    mutation: str = strawberry.field(description="The mutation it was made by.")
    entity_type: AuditedEntity = strawberry.field(description="What kind of entity was changed.")
    entity_id: strawberry.ID = strawberry.field(description="The entity's global id.")
    status: ChangeStatus = strawberry.field(description="Whether the change was written.")
    document: strawberry.Private[documents.AuditRecord]

    @strawberry.field(description="The entity before, as it was stored; null for a new one.")
    async def before(self) -> JSON | None:
        return await _to_json(self.document.before)

    @strawberry.field(description="The entity afterwards, as stored; null for a deleted one.")
    async def after(self) -> JSON | None:
        return await _to_json(self.document.after)

    @classmethod
    def from_document(cls, record: documents.AuditRecord) -> "AuditRecord":
        """Return the record in the schema's type."""
        return cls(
            id=encode_id(EntityType.AUDIT_RECORD, record.id),
            created_at=record.created_at,
            actor=AuditActor(
                api_key_id=encode_optional_id(EntityType.API_KEY, record.api_key_id),
                api_key_name=record.api_key_name,
                member_id=encode_optional_id(EntityType.MEMBER, record.member_id),
                member_name=record.member_name,
            ),
            mutation=record.mutation,
            entity_type=record.entity_type,
            entity_id=encode_id(ENTITY_TYPES[record.entity_type], record.entity_id),
            status=record.status,
            document=record,
        )


async def _to_json(compressed: bytes | None) -> JSON | None:
    return None if compressed is None else JSON(await read_snapshot(compressed))
