"""Editing routing rules."""

import asyncio
from collections.abc import Mapping

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused
from app.domain.routing.problems import RoutingProblem, RoutingSeverity
from app.domain.routing.rules import RoutingRule, RoutingRules
from app.domain.routing.validation import find_problems
from app.domain.values import EntityId, Name, Value
from app.services.authoring import Author
from app.services.patterns import compile_pattern


class BookingFlowRouterContent(Value):
    """What an editor writes of a router."""

    name: Name
    rules: RoutingRules = ()


class RulesHaveProblems(Refused):
    """The rules cannot be stored; `routing_problems` says why."""

    def __init__(self, routing_problems: tuple[RoutingProblem, ...]) -> None:
        self.routing_problems = routing_problems
        message = "the rules have problems of severity ERROR"
        super().__init__(
            [Problem(code=ProblemCode.PROBLEMS_FOUND, message=message, path=("rules",))]
        )


async def create_booking_flow_router(
    content: BookingFlowRouterContent, *, author: Author
) -> tuple[BookingFlowRouter, tuple[RoutingProblem, ...]]:
    """Store a router; return it with the warnings about its rules.

    Raises RulesHaveProblems when a problem is an error.
    """
    problems = await find_problems_of_rules(author.organization_id, content.rules)
    if any(problem.severity is RoutingSeverity.ERROR for problem in problems):
        raise RulesHaveProblems(problems)
    router = BookingFlowRouter(**author.ownership(), name=content.name, rules=list(content.rules))
    await router.insert()
    return router, problems


async def find_problems_of_rules(
    organization_id: EntityId, rules: tuple[RoutingRule, ...]
) -> tuple[RoutingProblem, ...]:
    """Return what is wrong with the rules, given which of their flows exist and are published."""
    statuses = await load_flow_statuses(
        organization_id, {flow_id for rule in rules for flow_id in rule.flow_ids}
    )
    # Comparing patterns may take seconds of computing; other requests go on meanwhile.
    return await asyncio.to_thread(
        find_problems,
        rules,
        compile_pattern=compile_pattern,
        known_flow_ids=frozenset(statuses),
        published_flow_ids=frozenset(
            flow_id for flow_id, status in statuses.items() if status is BookingFlowStatus.PUBLISHED
        ),
    )


async def load_flow_statuses(
    organization_id: EntityId, flow_ids: set[EntityId]
) -> Mapping[EntityId, BookingFlowStatus]:
    """Return the status of each of the flows that exists and is not deleted."""
    flows = await BookingFlow.list_owned(organization_id, flow_ids)
    return {flow.id: flow.status for flow in flows if flow.status is not BookingFlowStatus.DELETED}
