"""What owners change of their organization."""

import strawberry

from app.api.context import Info
from app.api.organizations.settings_types import UpdateOrganizationSettingsInput
from app.api.organizations.types import Organization
from app.api.patches import read_patch
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.services.organization_settings import update_organization_settings


@strawberry.type(description="The outcome of `updateOrganizationSettings`.")
class UpdateOrganizationSettingsPayload(MutationPayload):
    organization: Organization | None = strawberry.field(
        default=None, description="The organization as it is now; null when it was refused."
    )


@strawberry.type
class OrganizationMutations:
    @mutation(description="Change how sessions and their events are kept.", access=Access.OWNER)
    async def update_organization_settings(
        self, info: Info, input: UpdateOrganizationSettingsInput
    ) -> UpdateOrganizationSettingsPayload:
        organization = await update_organization_settings(
            read_patch(input), author=info.context.author
        )
        return UpdateOrganizationSettingsPayload(
            organization=Organization.from_document(organization)
        )
