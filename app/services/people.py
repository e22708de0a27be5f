"""Finding out which member a person is."""

from datetime import datetime
from typing import Protocol

from cachetools import TTLCache

from app.documents.member import Member
from app.domain.access import OrganizationCredential
from app.domain.values import EntityId
from app.services.oidc.identity import Identity

INVITATIONS_SECONDS = 60
"""So long a person who is a member already may wait for an invitation to count."""

MAX_REMEMBERED = 10_000


class TokenReader(Protocol):
    """Reads the tokens of an OpenID Connect issuer."""

    @property
    def issuer(self) -> str:
        """Whose tokens they are."""
        ...

    async def read(self, token: str, *, now: datetime) -> Identity | None:
        """Return whose the token is, None for a bad one; raises IssuerUnavailable."""
        ...


class People:
    """Turns tokens into the memberships they stand for."""

    def __init__(self, tokens: TokenReader) -> None:
        self._tokens = tokens
        self.issuer = tokens.issuer
        self._looked_for_invitations: TTLCache[Identity, None] = TTLCache(
            MAX_REMEMBERED, ttl=INVITATIONS_SECONDS
        )

    async def find_member(
        self, token: str, *, now: datetime, organization_id: EntityId | None = None
    ) -> OrganizationCredential | None:
        """Return the person's membership in the organization, else in the one joined first.

        None for a bad token and for a person who is no member there: the two do not differ.
        Invitations of a verified address are accepted on the way. Raises IssuerUnavailable.
        """
        identity = await self._tokens.read(token, now=now)
        if identity is None:
            return None
        member = await _find_membership(identity, organization_id)
        if member is None or identity not in self._looked_for_invitations:
            await self._accept_invitations(identity, now=now)
            member = member or await _find_membership(identity, organization_id)
        return None if member is None else _to_credential(member)

    async def _accept_invitations(self, identity: Identity, *, now: datetime) -> None:
        if identity.verified_email is None:
            return
        await Member.accept_invitations(
            identity.verified_email, issuer=identity.issuer, subject=identity.subject, now=now
        )
        self._looked_for_invitations[identity] = None


async def _find_membership(identity: Identity, organization_id: EntityId | None) -> Member | None:
    memberships = await Member.list_memberships(issuer=identity.issuer, subject=identity.subject)
    wanted = [
        member
        for member in memberships
        if organization_id is None or member.organization_id == organization_id
    ]
    return wanted[0] if wanted else None


def _to_credential(member: Member) -> OrganizationCredential:
    return OrganizationCredential(
        organization_id=member.organization_id,
        role=member.role,
        member_id=member.id,
        member_name=member.name,
    )
