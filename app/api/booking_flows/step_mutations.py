"""Editing the steps of drafts."""

import asyncio

import strawberry

from app.api.booking_flows.inputs import (
    AddBookingFlowStepInput,
    AddQuestionToGraphInput,
    RemoveBookingFlowStepInput,
    ReorderBookingFlowStepsInput,
    SetServiceSelectionGraphInput,
    UpdateBookingFlowStepInput,
)
from app.api.booking_flows.payloads import (
    AddBookingFlowStepPayload,
    AddQuestionToGraphPayload,
    RemoveBookingFlowStepPayload,
    ReorderBookingFlowStepsPayload,
    SetServiceSelectionGraphPayload,
    UpdateBookingFlowStepPayload,
)
from app.api.booking_flows.steps import to_selection_step, to_step
from app.api.booking_flows.types import BookingFlow
from app.api.context import Info
from app.api.inputs import read_given, read_input
from app.api.permissions import Access, mutation
from app.api.service_selection.problems import ServiceSelectionGraphProblem
from app.services import booking_flows, service_selection_graphs
from app.services.flow_commands import (
    GraphReplacement,
    NewStep,
    QuestionAddition,
    StepOrder,
    StepPatch,
    StepReference,
)


@strawberry.type
class BookingFlowStepMutations:
    @mutation(description="Add a step to a draft.", access=Access.EDITOR)
    async def add_booking_flow_step(
        self, info: Info, input: AddBookingFlowStepInput
    ) -> AddBookingFlowStepPayload:
        # A large graph takes long enough to read to be felt by other requests.
        command = await asyncio.to_thread(read_given, input, NewStep)
        flow, step = await booking_flows.add_step(command, author=info.context.author)
        return AddBookingFlowStepPayload(
            booking_flow=BookingFlow.from_document(flow),
            booking_flow_step=to_step(step, organization_id=flow.organization_id),
        )

    @mutation(description="Change a step of a draft; its type stays.", access=Access.EDITOR)
    async def update_booking_flow_step(
        self, info: Info, input: UpdateBookingFlowStepInput
    ) -> UpdateBookingFlowStepPayload:
        patch = await asyncio.to_thread(read_given, input, StepPatch)
        flow, step = await booking_flows.update_step(patch, author=info.context.author)
        return UpdateBookingFlowStepPayload(
            booking_flow=BookingFlow.from_document(flow),
            booking_flow_step=to_step(step, organization_id=flow.organization_id),
        )

    @mutation(description="Remove a step from its draft.", access=Access.EDITOR)
    async def remove_booking_flow_step(
        self, info: Info, input: RemoveBookingFlowStepInput
    ) -> RemoveBookingFlowStepPayload:
        flow = await booking_flows.remove_step(
            read_input(input, StepReference), author=info.context.author
        )
        return RemoveBookingFlowStepPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(description="Put the steps of a draft into another order.", access=Access.EDITOR)
    async def reorder_booking_flow_steps(
        self, info: Info, input: ReorderBookingFlowStepsInput
    ) -> ReorderBookingFlowStepsPayload:
        flow = await booking_flows.reorder_steps(
            read_given(input, StepOrder), author=info.context.author
        )
        return ReorderBookingFlowStepsPayload(booking_flow=BookingFlow.from_document(flow))

    @mutation(
        description="Replace the graph of a service selection step. A graph with problems is "
        "stored; it forbids publishing.",
        access=Access.EDITOR,
    )
    async def set_service_selection_graph(
        self, info: Info, input: SetServiceSelectionGraphInput
    ) -> SetServiceSelectionGraphPayload:
        command = await asyncio.to_thread(read_given, input, GraphReplacement)
        flow, step, problems = await service_selection_graphs.set_service_selection_graph(
            command, author=info.context.author
        )
        return SetServiceSelectionGraphPayload(
            booking_flow=BookingFlow.from_document(flow),
            booking_flow_step=to_selection_step(step, organization_id=flow.organization_id),
            problems=ServiceSelectionGraphProblem.from_all(problems),
        )

    @mutation(
        description="Add a question with its own answers to the graph of a step; an answer that "
        "names a service becomes a service node.",
        access=Access.EDITOR,
    )
    async def add_question_to_graph(
        self, info: Info, input: AddQuestionToGraphInput
    ) -> AddQuestionToGraphPayload:
        command = read_given(input, QuestionAddition)
        flow, step, problems = await service_selection_graphs.add_question_to_graph(
            command, author=info.context.author
        )
        return AddQuestionToGraphPayload(
            booking_flow=BookingFlow.from_document(flow),
            booking_flow_step=to_selection_step(step, organization_id=flow.organization_id),
            problems=ServiceSelectionGraphProblem.from_all(problems),
        )
