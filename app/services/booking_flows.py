"""Editing the drafts of booking flows."""

from collections.abc import Sequence

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_step import BookingFlowStepDocument
from app.documents.driver import new_id
from app.domain.booking_flow.flow import BookingFlowContent, BookingFlowStatus
from app.domain.booking_flow.steps import BookingFlowStep, with_id
from app.domain.values import EntityId
from app.services.authoring import Author


async def create_booking_flow(content: BookingFlowContent, *, author: Author) -> BookingFlow:
    """Store a draft with its steps and return it.

    The draft may have problems; they are found when it is read and forbid publishing it. The steps
    are stored first: a flow never names a step that is not there.
    """
    steps = [with_id(step, new_id()) for step in content.steps]
    flow = BookingFlow(
        **author.ownership(), content=content.content, steps=[step.id for step in steps]
    )
    await store_steps(steps, booking_flow_id=flow.id, author=author)
    await flow.insert()
    return flow


async def store_steps(
    steps: Sequence[BookingFlowStep], *, booking_flow_id: EntityId, author: Author
) -> None:
    """Insert the documents of new steps."""
    documents = [
        BookingFlowStepDocument.from_step(
            step,
            organization_id=author.organization_id,
            booking_flow_id=booking_flow_id,
            now=author.now,
        )
        for step in steps
    ]
    if documents:
        await BookingFlowStepDocument.insert_many(documents)


async def find_booking_flow(organization_id: EntityId, flow_id: EntityId) -> BookingFlow | None:
    """Return the flow unless it is deleted or another organization's."""
    flow = await BookingFlow.get_owned(organization_id, flow_id)
    return None if flow is None or flow.status is BookingFlowStatus.DELETED else flow


async def load_steps(flow: BookingFlow) -> tuple[BookingFlowStep, ...]:
    """Return the steps of the draft in order."""
    documents = await BookingFlowStepDocument.find(
        {"organization_id": flow.organization_id, "booking_flow_id": flow.id}
    ).to_list()
    return in_order(flow, documents)


def in_order(
    flow: BookingFlow, documents: Sequence[BookingFlowStepDocument]
) -> tuple[BookingFlowStep, ...]:
    """Return the steps the flow names, in its order; others were left by an edit cut short."""
    by_id = {document.id: document for document in documents}
    return tuple(by_id[step_id].to_step() for step_id in flow.steps if step_id in by_id)
