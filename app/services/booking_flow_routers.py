"""Editing routing rules."""

from app.documents.booking_flow_router import BookingFlowRouter
from app.domain.audit import AuditedEntity
from app.domain.problems import Problem, ProblemCode
from app.domain.refusal import Refused
from app.domain.routing.ordering import find_order_problems, reorder
from app.domain.routing.problems import RoutingProblem
from app.domain.routing.rules import RoutingRules
from app.domain.severity import Severity
from app.domain.usage import UsedKind
from app.domain.values import EntityId, Name, Value
from app.services.authoring import Author, refuse_if
from app.services.editing import (
    Deletion,
    EntityKind,
    Patch,
    apply_patch,
    delete_entity,
    insert_entity,
    judge_new,
    update_entity,
)
from app.services.given import Given
from app.services.routing_problems import (
    FlowStatuses,
    find_problems_given,
    find_problems_of_router,
    load_flow_statuses,
    remember_problems,
)

KIND = EntityKind(
    document=BookingFlowRouter,
    audited_as=AuditedEntity.BOOKING_FLOW_ROUTER,
    unique_field=("name",),
)


class BookingFlowRouterContent(Value):
    """What an editor writes of a router."""

    name: Name
    rules: RoutingRules = ()


class ReorderRules(Value):
    """A new order of all of a router's rules."""

    id: EntityId
    expected_version: int
    rule_ids: tuple[str, ...]


_RULES_HAVE_PROBLEMS = Problem(
    code=ProblemCode.PROBLEMS_FOUND,
    message="the rules have problems of severity ERROR",
    path=("rules",),
)


class RulesHaveProblems(Refused):
    """The rules cannot be stored; `routing_problems` says why."""

    def __init__(
        self, routing_problems: tuple[RoutingProblem, ...], problems: tuple[Problem, ...] = ()
    ) -> None:
        self.routing_problems = routing_problems
        super().__init__([_RULES_HAVE_PROBLEMS, *problems])


async def create_booking_flow_router(
    given: BookingFlowRouterContent | Given[BookingFlowRouterContent], *, author: Author
) -> tuple[BookingFlowRouter, tuple[RoutingProblem, ...]]:
    """Store a router; return it with the warnings about its rules.

    Raises RulesHaveProblems when a problem is an error, Refused with DUPLICATE for a taken name.
    """
    content = await judge_new(KIND, given, author=author)
    statuses, problems = await _refuse_errors(content, author=author)
    router = BookingFlowRouter(**author.ownership(), name=content.name, rules=list(content.rules))
    stored = await insert_entity(KIND, router, author=author)
    remember_problems(stored, statuses, problems)
    return stored, problems


async def update_booking_flow_router(
    patch: Patch, *, author: Author
) -> tuple[BookingFlowRouter, tuple[RoutingProblem, ...]]:
    """Change a router; return it with the warnings about its rules.

    Rules that were not given are not judged again: what became of their flows is a problem to
    show, none that keeps a router from being renamed. Raises Refused as creating and every edit.
    """
    router, content = await apply_patch(KIND, BookingFlowRouterContent, patch, author=author)
    if "rules" in patch.fields:
        return await _update_rules(router, content, author=author)
    stored = await update_entity(KIND, router, {"name": content.name}, author=author)
    statuses = await load_flow_statuses(author.organization_id, stored.rules)
    return stored, await find_problems_of_router(stored, statuses)


async def delete_booking_flow_router(deletion: Deletion, *, author: Author) -> BookingFlowRouter:
    """Delete a router and return it; raises InUse while a scheduler config names it."""
    return await delete_entity(KIND, deletion, author=author, used_as=UsedKind.BOOKING_FLOW_ROUTER)


async def reorder_rules(
    command: ReorderRules, *, author: Author
) -> tuple[BookingFlowRouter, tuple[RoutingProblem, ...]]:
    """Give the rules the priorities 1, 2, … in the order named; return the router with warnings.

    Raises Refused: NOT_FOUND, CONFLICT, and for the order REQUIRED (a rule is missing), NOT_FOUND
    and DUPLICATE; RulesHaveProblems when the rules could not be stored anew.
    """
    unchanged = Patch(id=command.id, expected_version=command.expected_version, fields={})
    router, content = await apply_patch(KIND, BookingFlowRouterContent, unchanged, author=author)
    refuse_if(find_order_problems(content.rules, command.rule_ids))
    rules = reorder(content.rules, command.rule_ids)
    return await _update_rules(
        router,
        content.model_copy(update={"rules": rules}),
        author=author,
        mutation="reorderBookingFlowRoutingRules",
    )


async def _update_rules(
    router: BookingFlowRouter,
    content: BookingFlowRouterContent,
    *,
    author: Author,
    mutation: str | None = None,
) -> tuple[BookingFlowRouter, tuple[RoutingProblem, ...]]:
    statuses, problems = await _refuse_errors(content, author=author, router_id=router.id)
    stored = await update_entity(
        KIND, router, content.model_dump(), author=author, mutation=mutation
    )
    remember_problems(stored, statuses, problems)
    return stored, problems


async def _refuse_errors(
    content: BookingFlowRouterContent, *, author: Author, router_id: EntityId | None = None
) -> tuple[FlowStatuses, tuple[RoutingProblem, ...]]:
    """Return the flows of the rules and the warnings; raises RulesHaveProblems for an error."""
    statuses = await load_flow_statuses(author.organization_id, content.rules)
    problems = await find_problems_given(content.rules, statuses)
    if any(problem.severity is Severity.ERROR for problem in problems):
        given = Given({"name": content.name}, content, (_RULES_HAVE_PROBLEMS,))
        others = await KIND.find_problems(given, author=author, entity_id=router_id)
        raise RulesHaveProblems(problems, others)
    return statuses, problems
