"""Who may do what."""

from enum import StrEnum
from typing import TypeAlias

from app.domain.values import EntityId, Value


class Role(StrEnum):
    """What an API key or a member may do: own the organization, edit it, or read it."""

    OWNER = "owner"
    EDITOR = "editor"
    ANALYST = "analyst"


_RANK = {Role.ANALYST: 1, Role.EDITOR: 2, Role.OWNER: 3}


def includes(role: Role, *, required: Role) -> bool:
    """Return whether `role` may do everything `required` may."""
    return _RANK[role] >= _RANK[required]


class Anonymous(Value):
    """A request without a credential."""


class OrganizationCredential(Value):
    """An API key of an organization; its name is kept with what it changes."""

    organization_id: EntityId
    api_key_id: EntityId
    role: Role
    api_key_name: str | None = None


class SessionCredential(Value):
    """The token of one booking session, good for that session and nothing else."""

    organization_id: EntityId
    booking_session_id: EntityId


Credential: TypeAlias = Anonymous | OrganizationCredential | SessionCredential
