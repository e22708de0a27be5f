"""An organization never loses its last owner."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from app.documents.api_key import ApiKey
from app.documents.member import Member
from app.documents.organization import Organization
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId

TURN_SECONDS = 10
"""Whoever takes longer has died on the way, and another may begin."""

TRIES = 100
PAUSE_SECONDS = 0.02


@asynccontextmanager
async def keeping_an_owner(
    organization_id: EntityId, *, without: EntityId, now: datetime
) -> AsyncIterator[None]:
    """Let the key or member `without` stop being an owner within the block.

    Only one at a time may: two owners who end each other would leave none. Raises Refused with
    LAST_OWNER when no other active key or member has the role OWNER.
    """
    await _wait_for_turn(organization_id, now)
    try:
        if not await _has_other_owner(organization_id, than=without, now=now):
            raise refuse(ProblemCode.LAST_OWNER, "is the last owner; make another one first", "id")
        yield
    finally:
        await Organization.end_changing_owners(organization_id, since=now)


async def _has_other_owner(organization_id: EntityId, *, than: EntityId, now: datetime) -> bool:
    return await ApiKey.has_other_owner(
        organization_id, than=than, now=now
    ) or await Member.has_other_owner(organization_id, than=than)


async def _wait_for_turn(organization_id: EntityId, now: datetime) -> None:
    for _ in range(TRIES):
        given_up_before = now - timedelta(seconds=TURN_SECONDS)
        if await Organization.begin_changing_owners(
            organization_id, now=now, given_up_before=given_up_before
        ):
            return
        await asyncio.sleep(PAUSE_SECONDS)
    raise _busy()


def _busy() -> Refused:
    return refuse(ProblemCode.CONFLICT, "another owner is being changed; try again", "id")
