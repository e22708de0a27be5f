"""Booking flows as clients write them."""

import strawberry

from app.api.booking_flows.step_inputs import BookingFlowStepInput
from app.api.content import ContentConfigInput
from app.api.ids import EntityType
from app.api.inputs import refers_to


@strawberry.input(description="A new flow.")
class CreateBookingFlowInput:
    content: ContentConfigInput = strawberry.field(description="What a customer reads of it.")
    steps: list[BookingFlowStepInput] = strawberry.field(
        default_factory=list, description="The steps, in order."
    )


@strawberry.input(description="Which draft to publish.")
class PublishBookingFlowInput:
    id: strawberry.ID = strawberry.field(
        description="The flow.", metadata=refers_to(EntityType.BOOKING_FLOW)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
