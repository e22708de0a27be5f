"""Who asks."""

import strawberry

from app.api.context import Info
from app.api.organizations.types import Organization, Viewer
from app.api.permissions import Access, query
from app.documents import organization as documents
from app.domain.access import OrganizationCredential


@strawberry.type
class OrganizationQueries:
    @query(
        description="Who the credential of the request stands for; null without an API key.",
        access=Access.PUBLIC,
    )
    async def viewer(self, info: Info) -> Viewer | None:
        credential = info.context.credential
        if not isinstance(credential, OrganizationCredential):
            return None
        organization = await documents.Organization.get(credential.organization_id)
        if organization is None:
            return None
        return Viewer(role=credential.role, organization=Organization.from_document(organization))
