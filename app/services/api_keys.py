"""An owner's handling of the organization's API keys."""

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from app.documents.api_key import ApiKey
from app.domain.access import Role
from app.domain.audit import AuditedEntity
from app.domain.instants import Instant
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.values import EntityId, Name, Value
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.credential_changes import tell_changed
from app.services.organizations import make_api_key
from app.services.owners import keeping_an_owner
from app.services.secrets import SHOWN_PREFIX_LENGTH, hash_key, new_api_key

MAX_GRACE_SECONDS = 30 * 24 * 3_600


class ApiKeyContent(Value):
    """What an owner says of a new key; without `expires_at` it works until it is revoked."""

    name: Name
    role: Role
    expires_at: Instant | None = None


class Rotation(Value):
    """Which key gets a new secret, and for how long the old one goes on working beside it."""

    id: EntityId
    grace_period_seconds: Annotated[int, Field(ge=0, le=MAX_GRACE_SECONDS)] = 0


async def create_api_key(content: ApiKeyContent, *, author: Author) -> tuple[ApiKey, str]:
    """Store a key; return it and its secret, which nobody can read again.

    Raises Refused with OUT_OF_RANGE for a key that would have expired already.
    """
    if content.expires_at is not None and content.expires_at <= author.now:
        raise refuse(ProblemCode.OUT_OF_RANGE, "lies in the past", "expires_at")
    key, secret = make_api_key(
        author.organization_id,
        name=content.name,
        role=content.role,
        expires_at=content.expires_at,
        now=author.now,
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


async def rotate_api_key(rotation: Rotation, *, author: Author) -> tuple[ApiKey, str]:
    """Give a key a new secret and return both; name, role and expiry stay.

    Raises Refused: NOT_FOUND, INVALID for a key that was revoked or has expired, and CONFLICT for
    one that is being rotated by another.
    """
    key = await _get_key(rotation.id, author)
    if not key.is_active(author.now):
        raise refuse(ProblemCode.INVALID, "was revoked or has expired; make a new key", "id")
    secret = new_api_key()
    grace = timedelta(seconds=rotation.grace_period_seconds)
    async with record_change(
        author=author,
        mutation="rotateApiKey",
        entity_type=AuditedEntity.API_KEY,
        entity_id=key.id,
        before=_recorded(key),
    ) as change:
        rotated = await ApiKey.rotate(
            key,
            prefix=secret[:SHOWN_PREFIX_LENGTH],
            key_hash=hash_key(secret),
            former_valid_until=author.now + grace if grace else None,
            now=author.now,
        )
        if rotated is None:
            raise refuse(ProblemCode.CONFLICT, "was rotated or revoked meanwhile", "id")
        change.after = _recorded(rotated)
    tell_changed(key.id)
    return rotated, secret


async def revoke_api_key(key_id: EntityId, *, author: Author) -> ApiKey:
    """Make a key useless at once and return it; raises Refused with NOT_FOUND and LAST_OWNER.

    Revoking it again changes nothing. A key may revoke itself: it may be the one that leaked. An
    organization's only owner is rotated instead.
    """
    key = await _get_key(key_id, author)
    if not key.is_active(author.now) or key.role is not Role.OWNER:
        return await _revoke(key, author=author, guard=nullcontext())
    guard = keeping_an_owner(author.organization_id, without=key.id, now=author.now)
    return await _revoke(key, author=author, guard=guard)


async def revoke_without_heir(key: ApiKey, *, author: Author) -> ApiKey:
    """Revoke a key though it be the last owner's, as an operator may, who can make another."""
    return await _revoke(key, author=author, guard=nullcontext())


async def _get_key(key_id: EntityId, author: Author) -> ApiKey:
    key = await ApiKey.get_owned(author.organization_id, key_id)
    if key is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    return key


async def _revoke(
    key: ApiKey, *, author: Author, guard: AbstractAsyncContextManager[None]
) -> ApiKey:
    if key.revoked_at is not None:
        return key
    async with (
        guard,
        record_change(
            author=author,
            mutation="revokeApiKey",
            entity_type=AuditedEntity.API_KEY,
            entity_id=key.id,
            before=_recorded(key),
        ) as change,
    ):
        revoked = await ApiKey.revoke(author.organization_id, key.id, now=author.now)
        # Another request was faster: the key is revoked all the same.
        key = revoked or await ApiKey.get_owned(author.organization_id, key.id) or key
        change.after = _recorded(key)
    tell_changed(key.id)
    return key


def _recorded(key: ApiKey) -> dict[str, Any]:
    recorded: dict[str, Any] = key.model_dump(mode="json", exclude={"key_hash", "former_key_hash"})
    return recorded
