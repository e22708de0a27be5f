"""Booking flows as clients write them."""

import strawberry

from app.api.booking_flows.step_inputs import BookingFlowStepInput, StepTypeConfigInput
from app.api.content import ContentConfigInput
from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.service_selection.inputs import (
    ServiceSelectionEdgeInput,
    ServiceSelectionNodeInput,
)

FLOW = refers_to(EntityType.BOOKING_FLOW)
STEP = refers_to(EntityType.BOOKING_FLOW_STEP)
VERSION = "The flow's version the editor has seen."


@strawberry.input(description="A new flow.")
class CreateBookingFlowInput:
    content: ContentConfigInput = strawberry.field(description="What a customer reads of it.")
    steps: list[BookingFlowStepInput] = strawberry.field(
        default_factory=list, description="The steps, in order."
    )


@strawberry.input(description="What changes of a flow; what is left out stays as it is.")
class UpdateBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int = strawberry.field(description=VERSION)
    content: ContentConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="What a customer reads of it, as a whole."
    )
    steps: list[BookingFlowStepInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="All steps in order: those with an id replace the step of that id, others are "
        "new, and steps left out are removed.",
    )


@strawberry.input(description="Which draft to publish.")
class PublishBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="Which old revision to publish again.")
class RollbackBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int = strawberry.field(description=VERSION)
    revision: int = strawberry.field(description="The number of the old revision.")


@strawberry.input(description="Which flow to offer no longer.")
class UnpublishBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="Which flow to delete.")
class DeleteBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"{VERSION} Without it any version is deleted."
    )


@strawberry.input(description="Which deleted flow to bring back.")
class RestoreBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"{VERSION} Without it any version is restored."
    )


@strawberry.input(description="A step to add to a flow.")
class AddBookingFlowStepInput:
    booking_flow_id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int = strawberry.field(description=VERSION)
    step: BookingFlowStepInput = strawberry.field(description="The step, without an id.")
    position: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="How many steps come before it; without it, it becomes the last.",
    )


@strawberry.input(description="What changes of a step; what is left out stays as it is.")
class UpdateBookingFlowStepInput:
    id: strawberry.ID = strawberry.field(description="The step.", metadata=STEP)
    expected_version: int = strawberry.field(description=VERSION)
    step_config: ContentConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="What is shown above the step, as a whole."
    )
    type_config: StepTypeConfigInput | None = strawberry.field(
        default=strawberry.UNSET, description="The configuration of the step's type, as a whole."
    )


@strawberry.input(description="Which step to remove.")
class RemoveBookingFlowStepInput:
    step_id: strawberry.ID = strawberry.field(description="The step.", metadata=STEP)
    expected_version: int = strawberry.field(description=VERSION)


@strawberry.input(description="The steps of a flow in another order.")
class ReorderBookingFlowStepsInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    expected_version: int = strawberry.field(description=VERSION)
    step_ids: list[strawberry.ID] = strawberry.field(
        description="Every step of the flow, in the new order.", metadata=STEP
    )


@strawberry.input(description="A question to ask in a graph, with its own answers.")
class AddQuestionToGraphInput:
    step_id: strawberry.ID = strawberry.field(description="The step.", metadata=STEP)
    expected_version: int = strawberry.field(description=VERSION)
    question_id: strawberry.ID = strawberry.field(
        description="The question.", metadata=refers_to(EntityType.BOOKING_QUESTION)
    )
    node_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The new node's id, which those of its answers are made of; without it, the "
        "question's unique name. A number is added to an id that is taken.",
    )
    parent_node_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The answer or service that leads to the question; null for none.",
    )


@strawberry.input(description="Which flow to copy.")
class DuplicateBookingFlowInput:
    id: strawberry.ID = strawberry.field(description="The flow.", metadata=FLOW)
    title: str | None = strawberry.field(
        default=strawberry.UNSET, description="The copy's title; without it, one like the flow's."
    )


@strawberry.input(description="A whole graph for a service selection step.")
class SetServiceSelectionGraphInput:
    step_id: strawberry.ID = strawberry.field(description="The step.", metadata=STEP)
    expected_version: int = strawberry.field(description=VERSION)
    root_node_id: strawberry.ID = strawberry.field(description="The first question's node.")
    nodes: list[ServiceSelectionNodeInput] = strawberry.field(description="The nodes, in order.")
    edges: list[ServiceSelectionEdgeInput] = strawberry.field(description="Their connections.")
