"""Editing routing rules."""

import strawberry

from app.api.booking_flow_routers.inputs import CreateBookingFlowRouterInput
from app.api.booking_flow_routers.types import BookingFlowRouter, RoutingProblem
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import UserError, to_user_errors
from app.services import booking_flow_routers as routers


@strawberry.type(description="The outcome of `createBookingFlowRouter`.")
class CreateBookingFlowRouterPayload:
    booking_flow_router: BookingFlowRouter | None = strawberry.field(
        default=None, description="The new router; null when it was refused."
    )
    problems: list[RoutingProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the rules, warnings included."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type
class BookingFlowRouterMutations:
    @mutation(description="Create a router.", access=Access.EDITOR)
    async def create_booking_flow_router(
        self, info: Info, input: CreateBookingFlowRouterInput
    ) -> CreateBookingFlowRouterPayload:
        content = read_input(input, routers.BookingFlowRouterContent)
        try:
            router, problems = await routers.create_booking_flow_router(
                content, author=info.context.author
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
