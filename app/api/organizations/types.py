"""Organizations and who acts for them."""

import strawberry

from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.members.types import Member
from app.api.node import Node
from app.api.organizations.enums import Role
from app.api.organizations.settings_types import EventIdPolicy
from app.api.permissions import Access, AccessExtension
from app.api.vendor_accounts.types import VendorAccount
from app.documents import organization as documents
from app.domain.values import EntityId
from app.loaders.base import OwnedId
from app.services.memberships import list_memberships


@strawberry.type(description="A home-service company; everything else belongs to one.")
class Organization(Node):
    name: str = strawberry.field(description="The company's name.")
    slug: str = strawberry.field(description="The name in a form fit for addresses, unique.")
    version: int = strawberry.field(description="Raised by every change of the settings.")
    event_id_policy: EventIdPolicy = strawberry.field(
        description="Which of its events a session document lists."
    )
    session_idle_minutes: int | None = strawberry.field(
        description="Minutes without an event after which a session is abandoned; null leaves it "
        "to the server."
    )
    event_retention_days: int | None = strawberry.field(
        description="Days after its end that a session's events are kept; null leaves it to the "
        "server."
    )
    organization_id: strawberry.Private[EntityId]

    @strawberry.field(
        description="The account with the field-service system; null when it is not connected.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def vendor_account(self, info: Info) -> VendorAccount | None:
        key = OwnedId(self.organization_id, self.organization_id)
        accounts = await info.context.loaders.vendor_accounts_of_organizations.load(key)
        return VendorAccount.from_document(accounts[0]) if accounts else None

    @classmethod
    def from_document(cls, organization: documents.Organization) -> "Organization":
        """Return the organization in the schema's type."""
        return cls(
            id=encode_id(EntityType.ORGANIZATION, organization.id),
            organization_id=organization.id,
            name=organization.name,
            slug=organization.slug,
            version=organization.version,
            event_id_policy=EventIdPolicy.from_domain(organization.event_id_policy),
            session_idle_minutes=organization.session_idle_minutes,
            event_retention_days=organization.event_retention_days,
        )


@strawberry.type(description="A role in an organization.")
class Membership:
    role: Role = strawberry.field(description="What the person may do there.")
    organization: Organization = strawberry.field(
        description="Where; its id as `X-Organization` lets the person act there."
    )


@strawberry.type(description="Who asks.")
class Viewer:
    role: Role = strawberry.field(description="What the caller may do.")
    organization: Organization = strawberry.field(description="Where the caller may do it.")
    member: Member | None = strawberry.field(
        description="The person who asks; null for an API key."
    )

    @strawberry.field(
        description="Everything the person is a member of, what was joined first in front; empty "
        "for an API key.",
    )
    async def memberships(self, info: Info) -> list[Membership]:
        member_id = info.context.require_role(Role.ANALYST).member_id
        if member_id is None:
            return []
        return [
            Membership(role=member.role, organization=Organization.from_document(organization))
            for member, organization in await list_memberships(
                member_id, organization_id=info.context.organization_id
            )
        ]
