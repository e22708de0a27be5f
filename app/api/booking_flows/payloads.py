"""The outcomes of editing flows."""

import strawberry

from app.api.booking_flows.problems import BookingFlowProblem
from app.api.booking_flows.steps import BookingFlowServiceSelectionStep, BookingFlowStep
from app.api.booking_flows.types import BookingFlow
from app.api.service_selection.problems import ServiceSelectionGraphProblem
from app.api.user_errors import MutationPayload


@strawberry.type(description="The outcome of `createBookingFlow`.")
class CreateBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The new draft; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateBookingFlow`.")
class UpdateBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `addBookingFlowStep`.")
class AddBookingFlowStepPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )
    booking_flow_step: BookingFlowStep | None = strawberry.field(
        default=None, description="The new step; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateBookingFlowStep`.")
class UpdateBookingFlowStepPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )
    booking_flow_step: BookingFlowStep | None = strawberry.field(
        default=None, description="The step as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `removeBookingFlowStep`.")
class RemoveBookingFlowStepPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `reorderBookingFlowSteps`.")
class ReorderBookingFlowStepsPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `setServiceSelectionGraph`.")
class SetServiceSelectionGraphPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )
    booking_flow_step: BookingFlowServiceSelectionStep | None = strawberry.field(
        default=None, description="The step with its new graph; null when it was refused."
    )
    problems: list[ServiceSelectionGraphProblem] = strawberry.field(
        default_factory=list,
        description="What is wrong with the stored graph; at most 1,000, the last of which then "
        "has the code `MORE_PROBLEMS`.",
    )


@strawberry.type(description="The outcome of `addQuestionToGraph`.")
class AddQuestionToGraphPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow as it is now; null when it was refused."
    )
    booking_flow_step: BookingFlowServiceSelectionStep | None = strawberry.field(
        default=None, description="The step with the question; null when it was refused."
    )
    problems: list[ServiceSelectionGraphProblem] = strawberry.field(
        default_factory=list,
        description="What is wrong with the stored graph; at most 1,000, the last of which then "
        "has the code `MORE_PROBLEMS`.",
    )


@strawberry.type(description="The outcome of `duplicateBookingFlow`.")
class DuplicateBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The copy; null when it was refused."
    )


@strawberry.type(description="The outcome of `publishBookingFlow`.")
class PublishBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The published flow; null when it was refused."
    )
    problems: list[BookingFlowProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the flow, warnings included."
    )


@strawberry.type(description="The outcome of `rollbackBookingFlow`.")
class RollbackBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The published flow; null when it was refused."
    )
    problems: list[BookingFlowProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the old revision by now."
    )


@strawberry.type(description="The outcome of `unpublishBookingFlow`.")
class UnpublishBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow, a draft again; null when it was refused."
    )


@strawberry.type(description="The outcome of `deleteBookingFlow`.")
class DeleteBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The deleted flow; null when it was refused."
    )


@strawberry.type(description="The outcome of `restoreBookingFlow`.")
class RestoreBookingFlowPayload(MutationPayload):
    booking_flow: BookingFlow | None = strawberry.field(
        default=None, description="The flow, a draft again; null when it was refused."
    )
