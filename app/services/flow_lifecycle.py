"""Taking flows away from customers, deleting them and bringing them back."""

from collections.abc import Mapping
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.scheduler_config import SchedulerConfig
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.values import EntityId
from app.services.authoring import Author
from app.services.flow_drafts import (
    find_booking_flow,
    read_draft,
    require_version,
    save_draft,
)

SHOWN_USERS = 20


async def unpublish_booking_flow(
    flow_id: EntityId, *, expected_version: int, author: Author
) -> BookingFlow:
    """Offer a flow to no new customer and return it; sessions under way go on.

    Raises Refused: NOT_FOUND, CONFLICT, and NOT_PUBLISHED when it is not offered.
    """
    flow = await _find(flow_id, author, expected_version)
    if flow.status is not BookingFlowStatus.PUBLISHED:
        raise refuse(ProblemCode.NOT_PUBLISHED, "is not published", "id")
    return await _set_status(flow, BookingFlowStatus.DRAFT, author, "unpublishBookingFlow")


async def delete_booking_flow(
    flow_id: EntityId, *, expected_version: int | None, author: Author
) -> BookingFlow:
    """Delete a flow, so that it can be restored, and return it.

    Raises Refused: NOT_FOUND, CONFLICT, and IN_USE naming the routers and configs that use it.
    """
    flow = await _find(flow_id, author, expected_version)
    owner, wanted = [author.organization_id], [flow.id]
    routers = await BookingFlowRouter.find_leading_to(owner, wanted)
    configs = await SchedulerConfig.find_defaulting_to(owner, wanted)
    users = [f"the router “{router.name}”" for router in routers]
    users += [f"the scheduler config “{config.name}”" for config in configs]
    if users:
        named = users[:SHOWN_USERS]
        if len(users) > len(named):
            named.append(f"{len(users) - len(named)} more")
        raise refuse(ProblemCode.IN_USE, f"is used by {', '.join(named)}", "id")
    return await _set_status(flow, BookingFlowStatus.DELETED, author, "deleteBookingFlow")


async def restore_booking_flow(
    flow_id: EntityId, *, expected_version: int | None, author: Author
) -> BookingFlow:
    """Bring a deleted flow back as a draft with its revisions, and return it.

    Raises Refused: NOT_FOUND when no such flow is deleted, CONFLICT.
    """
    flow = await BookingFlow.get_owned(author.organization_id, flow_id)
    if flow is None or flow.status is not BookingFlowStatus.DELETED:
        raise refuse(ProblemCode.NOT_FOUND, "names no deleted flow", "id")
    require_version(flow, expected_version)
    return await _set_status(flow, BookingFlowStatus.DRAFT, author, "restoreBookingFlow")


async def _find(flow_id: EntityId, author: Author, expected_version: int | None) -> BookingFlow:
    flow = await find_booking_flow(author.organization_id, flow_id)
    if flow is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    require_version(flow, expected_version)
    return flow


async def _set_status(
    flow: BookingFlow, status: BookingFlowStatus, author: Author, mutation: str
) -> BookingFlow:
    changes: Mapping[str, Any] = {"status": status.value}
    draft = await read_draft(flow)
    return (await save_draft(draft, author=author, mutation=mutation, changes=changes)).flow
