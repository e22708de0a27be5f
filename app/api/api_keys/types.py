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
            revoked_at=key.revoked_at,
        )
