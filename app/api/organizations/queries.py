"""Who asks."""

import strawberry

from app.api.context import Info
from app.api.members.types import Member
from app.api.organizations.types import Organization, Viewer
from app.api.permissions import Access, query
from app.documents import organization as documents
from app.domain.access import OrganizationCredential
from app.loaders.base import OwnedId


@strawberry.type
class OrganizationQueries:
    @query(
        description="Who the credential of the request stands for; null without the key of a "
        "program or the token of a person.",
        access=Access.PUBLIC,
    )
    async def viewer(self, info: Info) -> Viewer | None:
        credential = info.context.credential
        if not isinstance(credential, OrganizationCredential):
            return None
        organization = await documents.Organization.get(credential.organization_id)
        if organization is None:
            return None
        member = await _load_member(info, credential)
        return Viewer(
            role=credential.role,
            organization=Organization.from_document(organization),
            member=member,
        )


async def _load_member(info: Info, credential: OrganizationCredential) -> Member | None:
    if credential.member_id is None:
        return None
    key = OwnedId(credential.organization_id, credential.member_id)
    member = await info.context.loaders.members.load(key)
    return None if member is None else Member.from_document(member)
