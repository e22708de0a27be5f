"""An owner's handling of the organization's members."""

from contextlib import AbstractAsyncContextManager, nullcontext

from app.documents.driver import DuplicateKeyError
from app.documents.member import Member
from app.domain.access import Role
from app.domain.audit import AuditedEntity
from app.domain.member import Invitation, MemberStatus
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId, Value
from app.services.audit import Change, record_change
from app.services.authoring import Author
from app.services.credential_changes import tell_changed
from app.services.owners import keeping_an_owner


class NewRole(Value):
    """The role a member shall have from now on."""

    id: EntityId
    expected_version: int
    role: Role


class Removal(Value):
    """Which member to remove, and the version its owner has seen, if it matters."""

    id: EntityId
    expected_version: int | None = None


async def invite_member(invitation: Invitation, *, author: Author, issuer: str | None) -> Member:
    """Store an invited member, or with a subject an active one, and return it.

    Nothing is mailed: the person signs in at the `issuer` with the address, verified there. Raises
    Refused with DUPLICATE for an address or a person that is a member, and INVALID for a subject
    when there is no issuer.
    """
    member = _to_member(invitation, author=author, issuer=issuer)
    async with record_change(
        author=author,
        mutation="inviteMember",
        entity_type=AuditedEntity.MEMBER,
        entity_id=member.id,
        before=None,
    ) as change:
        try:
            await member.insert()
        except DuplicateKeyError as error:
            raise refuse(ProblemCode.DUPLICATE, "is a member already", "email") from error
        change.after = member
    return member


async def update_member_role(new: NewRole, *, author: Author) -> Member:
    """Change what a member may do, from the next request on, and return the member.

    Raises Refused with NOT_FOUND, CONFLICT and LAST_OWNER.
    """
    member = await _get_member(new.id, new.expected_version, author)
    async with (
        _guard(member, author, stays_owner=new.role is Role.OWNER),
        _recording("updateMemberRole", member, author) as change,
    ):
        updated = await Member.update_at_version(
            author.organization_id,
            member.id,
            expected_version=member.version,
            changes={"role": new.role.value},
            now=author.now,
        )
        if updated is None:
            raise await _lost_race(member, author)
        change.after = updated
    tell_changed(member.id)
    return updated


async def remove_member(removal: Removal, *, author: Author) -> Member:
    """Remove a member, invited or active, and return what it was.

    Raises Refused with NOT_FOUND, CONFLICT and LAST_OWNER.
    """
    member = await _get_member(removal.id, removal.expected_version, author)
    async with (
        _guard(member, author, stays_owner=False),
        _recording("removeMember", member, author),
    ):
        if not await Member.delete_at_version(
            author.organization_id, member.id, expected_version=member.version
        ):
            raise await _lost_race(member, author)
    tell_changed(member.id)
    return member


def _to_member(invitation: Invitation, *, author: Author, issuer: str | None) -> Member:
    ownership = author.ownership()
    if invitation.subject is None:
        return Member(
            **ownership,
            email=invitation.email,
            name=invitation.name,
            role=invitation.role,
            status=MemberStatus.INVITED,
        )
    if issuer is None:
        raise refuse(ProblemCode.INVALID, "needs an issuer, and none is set up", "subject")
    return Member(
        **ownership,
        **dict(invitation),
        status=MemberStatus.ACTIVE,
        issuer=issuer,
        joined_at=author.now,
    )


async def _get_member(member_id: EntityId, expected_version: int | None, author: Author) -> Member:
    member = await Member.get_owned(author.organization_id, member_id)
    if member is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    if expected_version not in (None, member.version):
        raise Refused([_conflict(member.version)])
    return member


def _guard(
    member: Member, author: Author, *, stays_owner: bool
) -> AbstractAsyncContextManager[None]:
    """Return what lets the change happen only while an owner remains without the member."""
    is_owner = member.role is Role.OWNER and member.status is MemberStatus.ACTIVE
    if stays_owner or not is_owner:
        return nullcontext()
    return keeping_an_owner(author.organization_id, without=member.id, now=author.now)


def _recording(
    mutation: str, member: Member, author: Author
) -> AbstractAsyncContextManager[Change]:
    return record_change(
        author=author,
        mutation=mutation,
        entity_type=AuditedEntity.MEMBER,
        entity_id=member.id,
        before=member,
    )


async def _lost_race(member: Member, author: Author) -> Refused:
    latest = await Member.get_owned(author.organization_id, member.id)
    if latest is None:
        return refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    return Refused([_conflict(latest.version)])


def _conflict(current_version: int) -> Problem:
    return Problem(
        code=ProblemCode.CONFLICT,
        message=f"was changed meanwhile; its version is {current_version}",
        path=("expected_version",),
    )
