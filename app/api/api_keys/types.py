"""API keys as owners read them."""

from datetime import datetime

import strawberry

from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.organizations.enums import Role
from app.documents import api_key as documents


@strawberry.type(description="A key of a program that acts for the organization.")
class ApiKey(Node):
    name: str = strawberry.field(description="The name its owners know it by.")
    role: Role = strawberry.field(description="What it may do.")
    prefix: str = strawberry.field(
        description="How the key begins, to recognise it by; the rest is not kept."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to about a minute; null for a key never used."
    )
    expires_at: datetime | None = strawberry.field(
        description="When it ends by itself; null for a key without end."
    )
    rotated_at: datetime | None = strawberry.field(
        description="When it last got a new secret; null when it has its first."
    )
    former_secret_valid_until: datetime | None = strawberry.field(
        description="Until when the secret before works too; null when it does not."
    )
    revoked_at: datetime | None = strawberry.field(
        description="Since when it is of no use; null while it works."
    )

    @classmethod
    def from_document(cls, key: documents.ApiKey) -> "ApiKey":
        """Return the key in the schema's type."""
        return cls(
            id=encode_id(EntityType.API_KEY, key.id),
            name=key.name,
            role=key.role,
            prefix=key.prefix,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
            rotated_at=key.rotated_at,
            former_secret_valid_until=key.former_valid_until,
            revoked_at=key.revoked_at,
        )
