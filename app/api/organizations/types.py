"""Organizations and who acts for them."""

import strawberry

from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.organizations.enums import Role
from app.documents import organization as documents


@strawberry.type(description="A home-service company; everything else belongs to one.")
class Organization(Node):
    name: str = strawberry.field(description="The company's name.")
    slug: str = strawberry.field(description="The name in a form fit for addresses, unique.")

    @classmethod
    def from_document(cls, organization: documents.Organization) -> "Organization":
        """Return the organization in the schema's type."""
        return cls(
            id=encode_id(EntityType.ORGANIZATION, organization.id),
            name=organization.name,
            slug=organization.slug,
        )


@strawberry.type(description="Who asks.")
class Viewer:
    role: Role = strawberry.field(description="What the caller may do.")
    organization: Organization = strawberry.field(description="Where the caller may do it.")
