"""Publishing flows."""

import strawberry

from app.api.booking_flows.inputs import PublishBookingFlowInput, RollbackBookingFlowInput
from app.api.booking_flows.payloads import PublishBookingFlowPayload, RollbackBookingFlowPayload
from app.api.booking_flows.problems import BookingFlowProblem
from app.api.booking_flows.types import BookingFlow
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import to_user_errors
from app.services import publication
from app.services.flow_commands import FlowReference, RevisionReference


@strawberry.type
class PublicationMutations:
    @mutation(
        description="Freeze the draft as the next revision and offer it to customers.",
        access=Access.EDITOR,
    )
    async def publish_booking_flow(
        self, info: Info, input: PublishBookingFlowInput
    ) -> PublishBookingFlowPayload:
        reference = read_input(input, FlowReference)
        try:
            flow, problems = await publication.publish_booking_flow(
                reference.id,
                expected_version=reference.expected_version,
                author=info.context.author,
            )
        except publication.FlowHasProblems as refused:
            return PublishBookingFlowPayload(
                problems=BookingFlowProblem.from_all(refused.flow_problems),
                user_errors=to_user_errors(refused.problems, input),
            )
        return PublishBookingFlowPayload(
            booking_flow=BookingFlow.from_document(flow),
            problems=BookingFlowProblem.from_all(problems),
        )

    @mutation(
        description="Publish an old revision again, as a new one, and make it the draft. What it "
        "refers to must still exist.",
        access=Access.EDITOR,
    )
    async def rollback_booking_flow(
        self, info: Info, input: RollbackBookingFlowInput
    ) -> RollbackBookingFlowPayload:
        reference = read_input(input, RevisionReference)
        try:
            flow, problems = await publication.rollback_booking_flow(
                reference.id,
                expected_version=reference.expected_version,
                revision=reference.revision,
                author=info.context.author,
            )
        except publication.FlowHasProblems as refused:
            return RollbackBookingFlowPayload(
                problems=BookingFlowProblem.from_all(refused.flow_problems),
                user_errors=to_user_errors(refused.problems, input),
            )
        return RollbackBookingFlowPayload(
            booking_flow=BookingFlow.from_document(flow),
            problems=BookingFlowProblem.from_all(problems),
        )
