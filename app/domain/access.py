"""Who may do what."""

from enum import StrEnum
from typing import Self, TypeAlias

from pydantic import model_validator

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
    """Who acts for an organization: an API key or a member, named as what it changes will name it.

    Exactly one of `api_key_id` and `member_id` is given.
    """

    organization_id: EntityId
    role: Role
    api_key_id: EntityId | None = None
    api_key_name: str | None = None
    member_id: EntityId | None = None
    member_name: str | None = None

    @model_validator(mode="after")
    def _require_one_actor(self) -> Self:
        if (self.api_key_id is None) == (self.member_id is None):
            raise ValueError("either a key or a member acts")
        return self

    @property
    def actor_id(self) -> EntityId:
        """The id of the key or the member."""
        actor_id = self.api_key_id or self.member_id
        if actor_id is None:
            raise RuntimeError("either a key or a member acts")
        return actor_id


class SessionCredential(Value):
    """The token of one booking session, good for that session and nothing else."""

    organization_id: EntityId
    booking_session_id: EntityId


Credential: TypeAlias = Anonymous | OrganizationCredential | SessionCredential
