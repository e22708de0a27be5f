"""Editing routing rules."""

import strawberry

from app.api.booking_flow_routers.inputs import (
    CreateBookingFlowRouterInput,
    DeleteBookingFlowRouterInput,
    UpdateBookingFlowRouterInput,
)
from app.api.booking_flow_routers.types import BookingFlowRouter, RoutingProblem
from app.api.context import Info
from app.api.inputs import read_given
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.usage import naming_users
from app.api.user_errors import MutationPayload, to_user_errors
from app.services import booking_flow_routers as routers


@strawberry.type(description="The outcome of `createBookingFlowRouter`.")
class CreateBookingFlowRouterPayload(MutationPayload):
    booking_flow_router: BookingFlowRouter | None = strawberry.field(
        default=None, description="The new router; null when it was refused."
    )
    problems: list[RoutingProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the rules, warnings included."
    )


@strawberry.type(description="The outcome of `updateBookingFlowRouter`.")
class UpdateBookingFlowRouterPayload(MutationPayload):
    booking_flow_router: BookingFlowRouter | None = strawberry.field(
        default=None, description="The router as it is now; null when it was refused."
    )
    problems: list[RoutingProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the rules, warnings included."
    )


@strawberry.type(description="The outcome of `deleteBookingFlowRouter`.")
class DeleteBookingFlowRouterPayload(MutationPayload):
    booking_flow_router: BookingFlowRouter | None = strawberry.field(
        default=None, description="The router as it was; null when it was refused."
    )


@strawberry.type
class BookingFlowRouterMutations:
    @mutation(description="Create a router.", access=Access.EDITOR)
    async def create_booking_flow_router(
        self, info: Info, input: CreateBookingFlowRouterInput
    ) -> CreateBookingFlowRouterPayload:
        given = read_given(input, routers.BookingFlowRouterContent)
        try:
            router, problems = await routers.create_booking_flow_router(
                given, author=info.context.author
            )
        except routers.RulesHaveProblems as refused:
            return CreateBookingFlowRouterPayload(
                problems=[RoutingProblem.from_domain(p) for p in refused.routing_problems],
                user_errors=to_user_errors(refused.problems, input),
            )
        return CreateBookingFlowRouterPayload(
            booking_flow_router=BookingFlowRouter.from_document(router),
            problems=[RoutingProblem.from_domain(problem) for problem in problems],
        )

    @mutation(description="Change a router.", access=Access.EDITOR)
    async def update_booking_flow_router(
        self, info: Info, input: UpdateBookingFlowRouterInput
    ) -> UpdateBookingFlowRouterPayload:
        try:
            router, problems = await routers.update_booking_flow_router(
                read_patch(input), author=info.context.author
            )
        except routers.RulesHaveProblems as refused:
            return UpdateBookingFlowRouterPayload(
                problems=[RoutingProblem.from_domain(p) for p in refused.routing_problems],
                user_errors=to_user_errors(refused.problems, input),
            )
        return UpdateBookingFlowRouterPayload(
            booking_flow_router=BookingFlowRouter.from_document(router),
            problems=[RoutingProblem.from_domain(problem) for problem in problems],
        )

    @mutation(description="Delete a router that no scheduler config names.", access=Access.EDITOR)
    async def delete_booking_flow_router(
        self, info: Info, input: DeleteBookingFlowRouterInput
    ) -> DeleteBookingFlowRouterPayload:
        booking_flow_router = await naming_users(
            routers.delete_booking_flow_router(read_deletion(input), author=info.context.author)
        )
        return DeleteBookingFlowRouterPayload(
            booking_flow_router=BookingFlowRouter.from_document(booking_flow_router)
        )
