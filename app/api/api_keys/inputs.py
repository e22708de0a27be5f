"""API keys as owners write them."""

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.organizations.enums import Role


@strawberry.input(description="A new API key.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="The name its owners know it by.")
    role: Role = strawberry.field(description="What it may do.")


@strawberry.input(description="An API key to make useless.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(
        description="The key.", metadata=refers_to(EntityType.API_KEY)
    )
