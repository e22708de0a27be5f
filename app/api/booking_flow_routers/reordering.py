"""Changing the order in which rules are tried."""

import strawberry

from app.api.booking_flow_routers.types import BookingFlowRouter, RoutingProblem
from app.api.context import Info
from app.api.ids import EntityType
from app.api.inputs import read_input, refers_to
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload, to_user_errors
from app.services import booking_flow_routers as routers


@strawberry.input(description="A new order for the rules of a router.")
class ReorderBookingFlowRoutingRulesInput:
    id: strawberry.ID = strawberry.field(
        description="The router.", metadata=refers_to(EntityType.BOOKING_FLOW_ROUTER)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    rule_ids: list[strawberry.ID] = strawberry.field(
        description="Every rule of the router once, in the order they shall be tried."
    )


@strawberry.type(description="The outcome of `reorderBookingFlowRoutingRules`.")
class ReorderBookingFlowRoutingRulesPayload(MutationPayload):
    booking_flow_router: BookingFlowRouter | None = strawberry.field(
        default=None, description="The router as it is now; null when it was refused."
    )
    problems: list[RoutingProblem] = strawberry.field(
        default_factory=list, description="What is wrong with the rules, warnings included."
    )


@strawberry.type
class RoutingRuleOrderMutations:
    @mutation(
        description="Give the rules of a router the priorities 1, 2, … in the order named.",
        access=Access.EDITOR,
    )
    async def reorder_booking_flow_routing_rules(
        self, info: Info, input: ReorderBookingFlowRoutingRulesInput
    ) -> ReorderBookingFlowRoutingRulesPayload:
        command = read_input(input, routers.ReorderRules)
        try:
            router, problems = await routers.reorder_rules(command, author=info.context.author)
        except routers.RulesHaveProblems as refused:
            return ReorderBookingFlowRoutingRulesPayload(
                problems=[RoutingProblem.from_domain(p) for p in refused.routing_problems],
                user_errors=to_user_errors(refused.problems, input),
            )
        return ReorderBookingFlowRoutingRulesPayload(
            booking_flow_router=BookingFlowRouter.from_document(router),
            problems=[RoutingProblem.from_domain(problem) for problem in problems],
        )
