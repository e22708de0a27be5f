"""Making and revoking API keys."""

import strawberry

from app.api.api_keys.inputs import CreateApiKeyInput, RevokeApiKeyInput, RotateApiKeyInput
from app.api.api_keys.types import ApiKey
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.domain.values import EntityId, Value
from app.services import api_keys


class ApiKeyReference(Value):
    """The key a mutation is about."""

    id: EntityId


@strawberry.type(description="The outcome of `createApiKey`.")
class CreateApiKeyPayload(MutationPayload):
    api_key: ApiKey | None = strawberry.field(
        default=None, description="The new key; null when it was refused."
    )
    secret: str | None = strawberry.field(
        default=None, description="The key itself, shown this once; only its digest is kept."
    )


@strawberry.type(description="The outcome of `rotateApiKey`.")
class RotateApiKeyPayload(MutationPayload):
    api_key: ApiKey | None = strawberry.field(
        default=None, description="The key with its new prefix; null when it was refused."
    )
    secret: str | None = strawberry.field(
        default=None, description="The new secret, shown this once; only its digest is kept."
    )


@strawberry.type(description="The outcome of `revokeApiKey`.")
class RevokeApiKeyPayload(MutationPayload):
    api_key: ApiKey | None = strawberry.field(
        default=None, description="The revoked key; null when it was refused."
    )


@strawberry.type
class ApiKeyMutations:
    @mutation(description="Make an API key.", access=Access.OWNER)
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
        content = read_input(input, api_keys.ApiKeyContent)
        key, secret = await api_keys.create_api_key(content, author=info.context.author)
        return CreateApiKeyPayload(api_key=ApiKey.from_document(key), secret=secret)

    @mutation(
        description="Give an API key a new secret; its name, role and expiry stay.",
        access=Access.OWNER,
    )
    async def rotate_api_key(self, info: Info, input: RotateApiKeyInput) -> RotateApiKeyPayload:
        rotation = read_input(input, api_keys.Rotation)
        key, secret = await api_keys.rotate_api_key(rotation, author=info.context.author)
        return RotateApiKeyPayload(api_key=ApiKey.from_document(key), secret=secret)

    @mutation(
        description="Make an API key useless at once; again changes nothing. An owner must remain: "
        "the only one is rotated instead.",
        access=Access.OWNER,
    )
    async def revoke_api_key(self, info: Info, input: RevokeApiKeyInput) -> RevokeApiKeyPayload:
        reference = read_input(input, ApiKeyReference)
        key = await api_keys.revoke_api_key(reference.id, author=info.context.author)
        return RevokeApiKeyPayload(api_key=ApiKey.from_document(key))
