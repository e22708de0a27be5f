"""Which step is meant when one is asked without a session."""

from typing import TypeVar

from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.booking_session import BookingSession
from app.domain.access import OrganizationCredential, SessionCredential
from app.domain.booking_flow.steps import BookingFlowStep
from app.domain.values import EntityId
from app.services.flow_drafts import find_booking_flow, read_draft
from app.services.revisions import load_flow_index

S = TypeVar("S")


async def find_step(
    step_id: EntityId,
    step_class: type[S],
    *,
    credential: SessionCredential | OrganizationCredential,
) -> S | None:
    """Return the step as the caller meets it, or None when it is not theirs or of another kind.

    A session sees its pinned revision. An API key sees the published revision and, of a step that
    is in none, the draft.
    """
    match credential:
        case SessionCredential():
            step = await _find_pinned_step(credential, step_id)
        case OrganizationCredential():
            step = await _find_current_step(credential.organization_id, step_id)
    return step if isinstance(step, step_class) else None


async def _find_pinned_step(
    credential: SessionCredential, step_id: EntityId
) -> BookingFlowStep | None:
    session = await BookingSession.get_owned(
        credential.organization_id, credential.booking_session_id
    )
    if session is None:
        return None
    return await _step_of_revision(
        credential.organization_id, session.booking_flow_revision_id, step_id
    )


async def _find_current_step(
    organization_id: EntityId, step_id: EntityId
) -> BookingFlowStep | None:
    flow_id = await BookingFlowStepDocument.find_flow_id(organization_id, step_id)
    flow = None if flow_id is None else await find_booking_flow(organization_id, flow_id)
    if flow is None:
        return None
    if flow.published_revision_id is not None:
        published = await _step_of_revision(organization_id, flow.published_revision_id, step_id)
        if published is not None:
            return published
    draft = await read_draft(flow)
    return next((step for step in draft.steps if step.id == step_id), None)


async def _step_of_revision(
    organization_id: EntityId, revision_id: EntityId, step_id: EntityId
) -> BookingFlowStep | None:
    flow = await load_flow_index(organization_id, revision_id)
    indexed = None if flow is None else flow.steps.get(step_id)
    return None if indexed is None else indexed.step
