"""Editing and publishing flows."""

import strawberry

from app.api.booking_flows.inputs import CreateBookingFlowInput, PublishBookingFlowInput
from app.api.booking_flows.types import BookingFlow, BookingFlowProblem
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import UserError, to_user_errors
from app.domain.booking_flow.flow import BookingFlowContent
from app.domain.values import EntityId, Value
from app.services import booking_flows, publication


class VersionedReference(Value):
    """An entity and the version its editor has seen."""

    id: EntityId
    expected_version: int


@strawberry.type(description="The outcome of `createBookingFlow`.")
class CreateBookingFlowPayload:
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The new draft; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type(description="The outcome of `publishBookingFlow`.")
class PublishBookingFlowPayload:
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The published flow; null when it was refused."
    )
    problems: list[BookingFlowProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the flow, warnings included."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type
class BookingFlowMutations:
    @mutation(description="Create a draft with its steps.", access=Access.EDITOR)
    async def create_booking_flow(
        self, info: Info, input: CreateBookingFlowInput
    ) -> CreateBookingFlowPayload:
        content = read_input(input, BookingFlowContent)
        flow = await booking_flows.create_booking_flow(content, author=info.context.author)
        return CreateBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(
        description="Freeze the draft as the next revision and offer it to customers.",
        access=Access.EDITOR,
    )
    async def publish_booking_flow(
        self, info: Info, input: PublishBookingFlowInput
    ) -> PublishBookingFlowPayload:
        reference = read_input(input, VersionedReference)
        try:
            flow, problems = await publication.publish_booking_flow(
                reference.id,
                expected_version=reference.expected_version,
                author=info.context.author,
            )
        except publication.FlowHasProblems as refused:
            return PublishBookingFlowPayload(
                problems=[BookingFlowProblem.from_domain(p) for p in refused.flow_problems],
                user_errors=to_user_errors(refused.problems, input),
            )
        return PublishBookingFlowPayload(
            booking_flow=BookingFlow.from_document(flow),
            problems=[BookingFlowProblem.from_domain(problem) for problem in problems],
        )
