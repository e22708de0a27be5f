"""The organizations a person belongs to."""

from app.documents.base import chunked
from app.documents.member import Member
from app.documents.organization import Organization
from app.domain.values import EntityId


async def list_memberships(
    member_id: EntityId, *, organization_id: EntityId
) -> list[tuple[Member, Organization]]:
    """Return every membership of the person who is this member, what was joined first in front."""
    member = await Member.get_owned(organization_id, member_id)
    if member is None or member.issuer is None or member.subject is None:
        return []
    found = await Member.list_memberships(issuer=member.issuer, subject=member.subject)
    organizations: dict[EntityId, Organization] = {}
    for ids in chunked(sorted(each.organization_id for each in found)):
        async for organization in Organization.find({"_id": {"$in": list(ids)}}):
            organizations[organization.id] = organization
    return [
        (each, organizations[each.organization_id])
        for each in found
        if each.organization_id in organizations
    ]
