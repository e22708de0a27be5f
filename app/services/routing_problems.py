"""What is wrong with routing rules, found without holding up other requests."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from cachetools import LRUCache

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.routing.problems import RoutingProblem
from app.domain.routing.rules import RoutingRule, flow_ids_of
from app.domain.routing.validation import TOTAL_STEPS, find_problems
from app.domain.values import EntityId
from app.services.computing import OutOfTime, computing_process
from app.services.patterns import compile_pattern

TIME_LIMIT_SECONDS = 15.0
"""The steps the search may take are a third of that on a machine of 2024."""

FlowStatuses: TypeAlias = Mapping[EntityId, BookingFlowStatus]
"""The flows that exist and are not deleted."""

_Key: TypeAlias = tuple[EntityId, int, frozenset[tuple[EntityId, BookingFlowStatus]]]

# Rules change with their router's version only, and else only the flows they name matter.
_problems: LRUCache[_Key, tuple[RoutingProblem, ...]] = LRUCache(
    maxsize=50_000, getsizeof=lambda problems: 1 + len(problems)
)


async def find_problems_of_rules(
    organization_id: EntityId, rules: Sequence[RoutingRule]
) -> tuple[RoutingProblem, ...]:
    """Return what is wrong with the rules, given which of their flows exist and are published.

    Comparisons that take too long are reported as UNDECIDED. Raises Busy when too many wait.
    """
    return await find_problems_given(rules, await load_flow_statuses(organization_id, rules))


async def find_problems_given(
    rules: Sequence[RoutingRule], statuses: FlowStatuses
) -> tuple[RoutingProblem, ...]:
    """Return what is wrong with the rules, given the flows that exist."""
    try:
        return await _compute_problems(rules, statuses, total_steps=TOTAL_STEPS)
    except OutOfTime:
        # What the fewer steps do not decide is reported as undecided.
        return await _compute_problems(rules, statuses, total_steps=TOTAL_STEPS // 20)


async def find_problems_of_router(
    router: BookingFlowRouter, statuses: FlowStatuses
) -> tuple[RoutingProblem, ...]:
    """Return what is wrong with a stored router, computed once for what it depends on."""
    key = _key_of(router, statuses)
    problems = _problems.get(key)
    if problems is None:
        problems = _problems[key] = await find_problems_given(router.rules, statuses)
    return problems


def remember_problems(
    router: BookingFlowRouter, statuses: FlowStatuses, problems: tuple[RoutingProblem, ...]
) -> None:
    """Keep what was found before the router was stored, for those who read it."""
    _problems[_key_of(router, statuses)] = problems


async def load_flow_statuses(
    organization_id: EntityId, rules: Sequence[RoutingRule]
) -> FlowStatuses:
    """Return the status of each flow of the rules that exists here and is not deleted."""
    return await load_statuses_of_ids(organization_id, flow_ids_of(rules))


async def load_statuses_of_ids(organization_id: EntityId, flow_ids: set[EntityId]) -> FlowStatuses:
    """Return the status of each of the flows that exists here and is not deleted."""
    return statuses_of(await BookingFlow.list_owned(organization_id, flow_ids))


def statuses_of(flows: Sequence[BookingFlow]) -> FlowStatuses:
    """Return the statuses of the flows that are not deleted."""
    return {flow.id: flow.status for flow in flows if flow.status is not BookingFlowStatus.DELETED}


def _key_of(router: BookingFlowRouter, statuses: FlowStatuses) -> _Key:
    named = flow_ids_of(router.rules)
    relevant = ((flow_id, status) for flow_id, status in statuses.items() if flow_id in named)
    return (router.id, router.version, frozenset(relevant))


async def _compute_problems(
    rules: Sequence[RoutingRule], statuses: FlowStatuses, *, total_steps: int
) -> tuple[RoutingProblem, ...]:
    published = (id_ for id_, status in statuses.items() if status is BookingFlowStatus.PUBLISHED)
    return await computing_process.run(
        find_problems,
        TIME_LIMIT_SECONDS,
        tuple(rules),
        compile_pattern=compile_pattern,
        known_flow_ids=frozenset(statuses),
        published_flow_ids=frozenset(published),
        total_steps=total_steps,
    )
