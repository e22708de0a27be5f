"""API keys as owners write them."""

from datetime import datetime

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.organizations.enums import Role


@strawberry.input(description="A new API key.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="The name its owners know it by.")
    role: Role = strawberry.field(description="What it may do.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="When it ends by itself; null for a key without end."
    )


@strawberry.input(description="An API key to give a new secret.")
class RotateApiKeyInput:
    id: strawberry.ID = strawberry.field(
        description="The key.", metadata=refers_to(EntityType.API_KEY)
    )
    grace_period_seconds: int = strawberry.field(
        default=0,
        description="How long the old secret goes on working, 0 to 2592000, which is 30 days; a "
        "secret from before the last rotation ends at once.",
    )


@strawberry.input(description="An API key to make useless.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(
        description="The key.", metadata=refers_to(EntityType.API_KEY)
    )
