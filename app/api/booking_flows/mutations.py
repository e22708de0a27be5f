"""Creating, changing, deleting and restoring flows."""

import asyncio

import strawberry

from app.api.booking_flows.inputs import (
    CreateBookingFlowInput,
    DeleteBookingFlowInput,
    DuplicateBookingFlowInput,
    RestoreBookingFlowInput,
    UnpublishBookingFlowInput,
    UpdateBookingFlowInput,
)
from app.api.booking_flows.payloads import (
    CreateBookingFlowPayload,
    DeleteBookingFlowPayload,
    DuplicateBookingFlowPayload,
    RestoreBookingFlowPayload,
    UnpublishBookingFlowPayload,
    UpdateBookingFlowPayload,
)
from app.api.booking_flows.types import BookingFlow
from app.api.context import Info
from app.api.inputs import read_given, read_input
from app.api.permissions import Access, mutation
from app.domain.booking_flow.flow import BookingFlowContent
from app.services import booking_flows, flow_lifecycle
from app.services.flow_commands import BookingFlowPatch, FlowCopy, FlowDeletion, FlowReference


@strawberry.type
class BookingFlowMutations:
    @mutation(description="Create a draft with its steps.", access=Access.EDITOR)
    async def create_booking_flow(
        self, info: Info, input: CreateBookingFlowInput
    ) -> CreateBookingFlowPayload:
        # A large graph takes long enough to read to be felt by other requests.
        given = await asyncio.to_thread(read_given, input, BookingFlowContent)
        flow = await booking_flows.create_booking_flow(given, author=info.context.author)
        return CreateBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(
        description="Change a draft: its content, or all its steps at once.", access=Access.EDITOR
    )
    async def update_booking_flow(
        self, info: Info, input: UpdateBookingFlowInput
    ) -> UpdateBookingFlowPayload:
        patch = await asyncio.to_thread(read_given, input, BookingFlowPatch)
        flow = await booking_flows.update_booking_flow(patch, author=info.context.author)
        return UpdateBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(
        description="Offer a flow to no new customer; sessions under way go on.",
        access=Access.EDITOR,
    )
    async def unpublish_booking_flow(
        self, info: Info, input: UnpublishBookingFlowInput
    ) -> UnpublishBookingFlowPayload:
        reference = read_input(input, FlowReference)
        flow = await flow_lifecycle.unpublish_booking_flow(
            reference.id,
            expected_version=reference.expected_version,
            author=info.context.author,
        )
        return UnpublishBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(
        description="Delete a flow that no router or config uses; it can be restored.",
        access=Access.EDITOR,
    )
    async def delete_booking_flow(
        self, info: Info, input: DeleteBookingFlowInput
    ) -> DeleteBookingFlowPayload:
        deletion = read_input(input, FlowDeletion)
        flow = await flow_lifecycle.delete_booking_flow(
            deletion.id,
            expected_version=deletion.expected_version,
            author=info.context.author,
        )
        return DeleteBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(description="Bring a deleted flow back as a draft.", access=Access.EDITOR)
    async def restore_booking_flow(
        self, info: Info, input: RestoreBookingFlowInput
    ) -> RestoreBookingFlowPayload:
        deletion = read_input(input, FlowDeletion)
        flow = await flow_lifecycle.restore_booking_flow(
            deletion.id,
            expected_version=deletion.expected_version,
            author=info.context.author,
        )
        return RestoreBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(
        description="Make a new draft with the content and steps of another.", access=Access.EDITOR
    )
    async def duplicate_booking_flow(
        self, info: Info, input: DuplicateBookingFlowInput
    ) -> DuplicateBookingFlowPayload:
        flow = await booking_flows.duplicate_booking_flow(
            read_given(input, FlowCopy), author=info.context.author
        )
        return DuplicateBookingFlowPayload(booking_flow=BookingFlow.from_document(flow))
