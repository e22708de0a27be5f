"""Members as owners read them."""

from datetime import datetime

import strawberry

from app.api.ids import EntityType, encode_id
from app.api.members.enums import MemberStatus, Role
from app.api.node import Node
from app.api.scalars import EmailAddress
from app.documents import member as documents


@strawberry.type(description="A person who acts for the organization.")
class Member(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    name: str = strawberry.field(description="The person's name.")
    email: EmailAddress = strawberry.field(description="The address invited, in lower case.")
    role: Role = strawberry.field(description="What the person may do.")
    status: MemberStatus = strawberry.field(description="Whether the person has come yet.")
    created_at: datetime = strawberry.field(description="When the person was invited.")
    joined_at: datetime | None = strawberry.field(
        description="When the person first signed in; null for one who is invited."
    )

    @classmethod
    def from_document(cls, member: documents.Member) -> "Member":
        """Return the member in the schema's type."""
        return cls(
            id=encode_id(EntityType.MEMBER, member.id),
            version=member.version,
            name=member.name,
            email=EmailAddress(member.email),
            role=member.role,
            status=member.status,
            created_at=member.created_at,
            joined_at=member.joined_at,
        )
