"""Inviting people, changing their roles and removing them."""

import strawberry

from app.api.context import Info
from app.api.inputs import read_input
from app.api.members.inputs import InviteMemberInput, RemoveMemberInput, UpdateMemberRoleInput
from app.api.members.types import Member
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.domain.member import Invitation
from app.services import members


@strawberry.type(description="The outcome of `inviteMember`.")
class InviteMemberPayload(MutationPayload):
    member: Member | None = strawberry.field(
        default=None, description="The new member; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateMemberRole`.")
class UpdateMemberRolePayload(MutationPayload):
    member: Member | None = strawberry.field(
        default=None, description="The member as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `removeMember`.")
class RemoveMemberPayload(MutationPayload):
    member: Member | None = strawberry.field(
        default=None, description="The member as it was; null when it was refused."
    )


@strawberry.type
class MemberMutations:
    @mutation(
        description="Let a person in. Nothing is mailed: the person becomes a member on signing in "
        "with the address.",
        access=Access.OWNER,
    )
    async def invite_member(self, info: Info, input: InviteMemberInput) -> InviteMemberPayload:
        invitation = read_input(input, Invitation)
        member = await members.invite_member(
            invitation, author=info.context.author, issuer=info.context.authenticator.issuer
        )
        return InviteMemberPayload(member=Member.from_document(member))

    @mutation(description="Change what a member may do; an owner must remain.", access=Access.OWNER)
    async def update_member_role(
        self, info: Info, input: UpdateMemberRoleInput
    ) -> UpdateMemberRolePayload:
        new = read_input(input, members.NewRole)
        member = await members.update_member_role(new, author=info.context.author)
        return UpdateMemberRolePayload(member=Member.from_document(member))

    @mutation(
        description="Remove a member, or withdraw an invitation; an owner must remain.",
        access=Access.OWNER,
    )
    async def remove_member(self, info: Info, input: RemoveMemberInput) -> RemoveMemberPayload:
        removal = read_input(input, members.Removal)
        member = await members.remove_member(removal, author=info.context.author)
        return RemoveMemberPayload(member=Member.from_document(member))
