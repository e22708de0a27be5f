"""Members as owners write them."""

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.members.enums import Role
from app.api.scalars import EmailAddress


@strawberry.input(description="A person to let in.")
class InviteMemberInput:
    email: EmailAddress = strawberry.field(
        description="The address the person signs in with; the issuer must have verified it."
    )
    name: str = strawberry.field(description="The person's name.")
    role: Role = strawberry.field(description="What the person may do.")
    subject: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Who the person is at the issuer, its `sub`; the member is active at once, "
        "whatever the address.",
    )


@strawberry.input(description="What a member may do from now on.")
class UpdateMemberRoleInput:
    id: strawberry.ID = strawberry.field(
        description="The member.", metadata=refers_to(EntityType.MEMBER)
    )
    expected_version: int = strawberry.field(description="The version the change is based on.")
    role: Role = strawberry.field(description="The new role.")


@strawberry.input(description="A member to remove.")
class RemoveMemberInput:
    id: strawberry.ID = strawberry.field(
        description="The member.", metadata=refers_to(EntityType.MEMBER)
    )
    expected_version: int | None = strawberry.field(
        default=None, description="The version the removal is based on; null for any."
    )
