"""Organizations and the keys that act for them."""

import re
import unicodedata
from datetime import datetime

from app.documents.api_key import ApiKey
from app.documents.driver import DuplicateKeyError, new_id
from app.documents.organization import Organization
from app.domain.access import Role
from app.domain.values import EntityId
from app.services.secrets import SHOWN_PREFIX_LENGTH, hash_key, new_api_key


def slugify(name: str) -> str:
    """Return `name` in lower-case ASCII letters and digits joined by hyphens."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-") or "organization"


async def create_organization(name: str, *, now: datetime) -> tuple[Organization, str]:
    """Store a new organization with an OWNER key; return it and the key, which is shown once."""
    organization = await _insert_with_free_slug(name, now=now)
    _, secret = await create_api_key(organization.id, name="Owner", role=Role.OWNER, now=now)
    return organization, secret


async def create_api_key(
    organization_id: EntityId, *, name: str, role: Role, now: datetime
) -> tuple[ApiKey, str]:
    """Store a new API key; return it and its secret, of which only a digest is kept."""
    key, secret = make_api_key(organization_id, name=name, role=role, now=now)
    await key.insert()
    return key, secret


def make_api_key(
    organization_id: EntityId,
    *,
    name: str,
    role: Role,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Return a new API key, not yet stored, and its secret."""
    secret = new_api_key()
    key = ApiKey(
        organization_id=organization_id,
        name=name,
        role=role,
        prefix=secret[:SHOWN_PREFIX_LENGTH],
        key_hash=hash_key(secret),
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
    )
    return key, secret


async def _insert_with_free_slug(name: str, *, now: datetime) -> Organization:
    base = slugify(name)
    slug = base
    while True:
        organization = Organization(id=new_id(), name=name, slug=slug, created_at=now)
        try:
            await organization.insert()
        except DuplicateKeyError:
            # The id's random tail tells two companies of one name apart.
            slug = f"{base}-{new_id()[-6:]}"
            continue
        return organization
