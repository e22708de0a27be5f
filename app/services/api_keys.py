"""An owner's handling of the organization's API keys."""

from typing import Any

from app.documents.api_key import ApiKey
from app.domain.access import Role
from app.domain.audit import AuditedEntity
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.values import EntityId, Name, Value
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.organizations import make_api_key


class ApiKeyContent(Value):
    """What an owner says of a new key."""

    name: Name
    role: Role


async def create_api_key(content: ApiKeyContent, *, author: Author) -> tuple[ApiKey, str]:
    """Store a key; return it and its secret, which nobody can read again."""
    key, secret = make_api_key(
        author.organization_id, name=content.name, role=content.role, now=author.now
    )
    async with record_change(
        author=author,
        mutation="createApiKey",
        entity_type=AuditedEntity.API_KEY,
        entity_id=key.id,
        before=None,
    ) as change:
        await key.insert()
        change.after = _recorded(key)
    return key, secret


async def revoke_api_key(key_id: EntityId, *, author: Author) -> ApiKey:
    """Make a key useless at once and return it; raises Refused with NOT_FOUND.

    Revoking it again changes nothing. A key may revoke itself: it may be the one that leaked.
    """
    key = await ApiKey.get_owned(author.organization_id, key_id)
    if key is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    if key.revoked_at is not None:
        return key
    async with record_change(
        author=author,
        mutation="revokeApiKey",
        entity_type=AuditedEntity.API_KEY,
        entity_id=key.id,
        before=_recorded(key),
    ) as change:
        revoked = await ApiKey.revoke(author.organization_id, key_id, now=author.now)
        # Another request was faster: the key is revoked all the same.
        key = revoked or await ApiKey.get_owned(author.organization_id, key_id) or key
        change.after = _recorded(key)
    return key


def _recorded(key: ApiKey) -> dict[str, Any]:
    recorded: dict[str, Any] = key.model_dump(mode="json", exclude={"key_hash"})
    return recorded
