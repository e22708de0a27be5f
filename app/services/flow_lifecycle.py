"""Taking flows away from customers, deleting them and bringing them back."""

from collections.abc import Mapping
from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.scheduler_config import SchedulerConfig
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId
from app.services.authoring import Author, refuse_if
from app.services.flow_drafts import (
    find_booking_flow,
    find_conflict,
    not_found,
    read_draft,
    save_draft,
)

SHOWN_USERS = 20


async def unpublish_booking_flow(
    flow_id: EntityId, *, expected_version: int, author: Author
) -> BookingFlow:
    """Offer a flow to no new customer and return it; sessions under way go on.

    Raises Refused: NOT_FOUND, CONFLICT, and NOT_PUBLISHED when it is not offered.
    """
    flow = await _find(flow_id, author)
    problems = list(find_conflict(flow, expected_version))
    if flow.status is not BookingFlowStatus.PUBLISHED:
        message = "is not published"
        problems.append(Problem(code=ProblemCode.NOT_PUBLISHED, message=message, path=("id",)))
    refuse_if(problems)
    return await _set_status(flow, BookingFlowStatus.DRAFT, author, "unpublishBookingFlow")


async def delete_booking_flow(
    flow_id: EntityId, *, expected_version: int | None, author: Author
) -> BookingFlow:
    """Delete a flow, so that it can be restored, and return it.

    Raises Refused: NOT_FOUND, CONFLICT, and IN_USE naming the routers and configs that use it.
    """
    flow = await _find(flow_id, author)
    problems = list(find_conflict(flow, expected_version))
    owner, wanted = [author.organization_id], [flow.id]
    routers = await BookingFlowRouter.find_leading_to(owner, wanted)
    configs = await SchedulerConfig.find_defaulting_to(owner, wanted)
    users = [f"the router “{router.name}”" for router in routers]
    users += [f"the scheduler config “{config.name}”" for config in configs]
    if users:
        named = users[:SHOWN_USERS]
        if len(users) > len(named):
            named.append(f"{len(users) - len(named)} more")
        message = f"is used by {', '.join(named)}"
        problems.append(Problem(code=ProblemCode.IN_USE, message=message, path=("id",)))
    refuse_if(problems)
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
    refuse_if(find_conflict(flow, expected_version))
    return await _set_status(flow, BookingFlowStatus.DRAFT, author, "restoreBookingFlow")


async def _find(flow_id: EntityId, author: Author) -> BookingFlow:
    flow = await find_booking_flow(author.organization_id, flow_id)
    if flow is None:
        raise Refused([not_found("id")])
    return flow


async def _set_status(
    flow: BookingFlow, status: BookingFlowStatus, author: Author, mutation: str
) -> BookingFlow:
    changes: Mapping[str, Any] = {"status": status.value}
    draft = await read_draft(flow)
    return (await save_draft(draft, author=author, mutation=mutation, changes=changes)).flow
