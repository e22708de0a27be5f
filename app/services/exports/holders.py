"""Whether those who made a link to an export may still read what it opens."""

from datetime import datetime

from app.documents.api_key import ApiKey
from app.documents.member import Member
from app.domain.analytics.exports import ExportLink
from app.domain.member import MemberStatus
from app.domain.values import EntityId
from app.services.exports.links import LINK_LIFETIME


async def may_still_read(link: ExportLink, *, now: datetime) -> bool:
    """Return whether the key or member that made a link has not been shut out since.

    A key that was given a new secret shuts out what its old one made when that stops working.
    Every role may read exports.
    """
    credential = link.credential
    owner = credential.organization_id
    if credential.api_key_id is not None:
        made_at = link.expires_at - LINK_LIFETIME
        return await _works(owner, credential.api_key_id, made_at=made_at, now=now)
    member = await Member.get_owned(owner, credential.actor_id)
    return member is not None and member.status is MemberStatus.ACTIVE


async def _works(owner: EntityId, key_id: EntityId, *, made_at: datetime, now: datetime) -> bool:
    key = await ApiKey.get_owned(owner, key_id)
    if key is None or not key.is_active(now):
        return False
    if key.rotated_at is None or key.rotated_at <= made_at:
        return True
    return key.former_valid_until is not None and now < key.former_valid_until
