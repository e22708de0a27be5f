"""Everything that is wrong with a router's rules."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, groupby

from app.domain.routing.languages.limits import Budget, UndecidedError
from app.domain.routing.matching import CompiledRouter, CompiledRule, compile_router
from app.domain.routing.overlaps import find_candidate_pairs
from app.domain.routing.patterns import PatternCompiler
from app.domain.routing.problems import RoutingProblem, RoutingProblemCode
from app.domain.routing.rules import RoutingRule
from app.domain.routing.shadowing import ShadowSearch, share_a_moment
from app.domain.routing.witnesses import WitnessFinder
from app.domain.severity import Severity
from app.domain.values import EntityId

MAX_PAIRS_REPORTED = 100
TOTAL_STEPS = 12_000_000
STEPS_PER_QUESTION = 400_000

_WARNINGS = {
    RoutingProblemCode.SHADOWED_RULE,
    RoutingProblemCode.UNPUBLISHED_FLOW,
    RoutingProblemCode.UNDECIDED,
}


def find_problems(
    rules: Sequence[RoutingRule],
    *,
    compile_pattern: PatternCompiler,
    known_flow_ids: AbstractSet[EntityId],
    published_flow_ids: AbstractSet[EntityId],
    total_steps: int = TOTAL_STEPS,
) -> tuple[RoutingProblem, ...]:
    """Return every problem of the rules: those of single rules first, then ambiguities, shadows.

    Ambiguities and shadows are decided exactly for all operators together, or reported as
    `UNDECIDED` when they cannot be within `total_steps`, about half a microsecond each. Disabled
    rules and rules with an invalid pattern take no part in them; a rule whose flows are all
    unpublished shadows nothing.
    """
    router = compile_router(rules, compile_pattern=compile_pattern)
    budget = Budget(total=total_steps, per_question=STEPS_PER_QUESTION)
    search = ShadowSearch(
        router=router,
        takers=[_can_take(compiled, published_flow_ids) for compiled in router.rules],
        finder=WitnessFinder(budget=budget, compile_pattern=compile_pattern),
    )
    return (
        *_find_duplicates(rules),
        *_find_invalid_patterns(router),
        *_find_flow_problems(router, known_flow_ids, published_flow_ids),
        *_find_ambiguities(router, search.finder),
        *_find_shadows(search),
    )


def _problem(
    code: RoutingProblemCode, message: str, *rule_ids: str, witness_url: str | None = None
) -> RoutingProblem:
    severity = Severity.WARNING if code in _WARNINGS else Severity.ERROR
    return RoutingProblem(
        code=code,
        severity=severity,
        message=message,
        rule_ids=tuple(dict.fromkeys(rule_ids)),
        witness_url=witness_url,
    )


def _find_duplicates(rules: Sequence[RoutingRule]) -> Iterator[RoutingProblem]:
    for rule_id, count in Counter(rule.id for rule in rules).items():
        if count > 1:
            message = f"{count} rules have the id {rule_id}"
            yield _problem(RoutingProblemCode.DUPLICATE_RULE_ID, message, rule_id)


def _find_invalid_patterns(router: CompiledRouter) -> Iterator[RoutingProblem]:
    for compiled in router.rules:
        for one in compiled.conditions:
            if one.pattern_error is not None:
                message = f"{one.condition.value!r} is no valid pattern: {one.pattern_error}"
                yield _problem(RoutingProblemCode.INVALID_PATTERN, message, compiled.rule.id)


def _find_flow_problems(
    router: CompiledRouter,
    known_flow_ids: AbstractSet[EntityId],
    published_flow_ids: AbstractSet[EntityId],
) -> Iterator[RoutingProblem]:
    for compiled in router.rules:
        rule = compiled.rule
        if any(flow_id not in known_flow_ids for flow_id in rule.flow_ids):
            message = "the rule sends customers to a flow that does not exist"
            yield _problem(RoutingProblemCode.UNKNOWN_FLOW, message, rule.id)
        elif any(flow_id not in published_flow_ids for flow_id in rule.flow_ids):
            message = "the rule's flow is not published, so the rule does not match"
            if rule.split:
                message = "a flow of the rule's split is not published and gets no customers"
            yield _problem(RoutingProblemCode.UNPUBLISHED_FLOW, message, rule.id)


def _find_ambiguities(router: CompiledRouter, finder: WitnessFinder) -> Iterator[RoutingProblem]:
    """Compare rules of equal priority; after enough reports, or out of steps, name what is left."""
    reported = 0
    groups = _group_by_priority(router)
    for number, group in enumerate(groups):
        for first, second in find_candidate_pairs([one.rule for one in group]):
            if reported >= MAX_PAIRS_REPORTED or finder.budget.is_spent:
                message = "these rules were not all compared with those of equal priority"
                left = chain(group[first:], *groups[number + 1 :])
                yield _problem(
                    RoutingProblemCode.UNDECIDED, message, *(one.rule.id for one in left)
                )
                return
            problem = _compare(group[first], group[second], finder)
            if problem is not None:
                reported += 1
                yield problem


def _group_by_priority(router: CompiledRouter) -> list[tuple[CompiledRule, ...]]:
    """Return the rules that share their priority with others, those of a priority together."""
    taking_part = filter(_takes_part, router.rules)
    groups = groupby(taking_part, key=lambda compiled: compiled.rule.priority)
    rules = (tuple(group) for _, group in groups)
    return [group for group in rules if len(group) > 1]


def _can_clash(first: RoutingRule, second: RoutingRule) -> bool:
    """Tell whether two rules could send a customer to different flows at the same time."""
    same_flow = {*first.flow_ids, *second.flow_ids} == {first.booking_flow_id}
    return not same_flow and share_a_moment(first, second)


def _compare(
    first: CompiledRule, second: CompiledRule, finder: WitnessFinder
) -> RoutingProblem | None:
    if not _can_clash(first.rule, second.rule):
        return None
    ids = (first.rule.id, second.rule.id)
    required = finder.make_claims((*first.conditions, *second.conditions))
    try:
        witness = finder.find_url(required)
    except UndecidedError as error:
        message = f"whether a URL matches both rules is undecided: {error}"
        return _problem(RoutingProblemCode.UNDECIDED, message, *ids)
    if witness is None:
        return None
    message = "the rules have the same priority and both match this URL, but name different flows"
    return _problem(RoutingProblemCode.AMBIGUOUS_RULES, message, *ids, witness_url=witness.url)


def _find_shadows(search: ShadowSearch) -> Iterator[RoutingProblem]:
    positions = [at for at, one in enumerate(search.router.rules) if _takes_part(one)]
    for number, position in enumerate(positions):
        if search.finder.budget.is_spent:
            message = "whether URLs reach these rules was not examined"
            left = (search.router.rules[at].rule.id for at in positions[number:])
            yield _problem(RoutingProblemCode.UNDECIDED, message, *left)
            return
        problem = _examine(search, position)
        if problem is not None:
            yield problem


def _examine(search: ShadowSearch, position: int) -> RoutingProblem | None:
    rule_id = search.router.rules[position].rule.id
    try:
        cover = search.find_cover(position)
    except UndecidedError as error:
        message = f"whether any URL reaches the rule is undecided: {error}"
        return _problem(RoutingProblemCode.UNDECIDED, message, rule_id)
    if cover is None:
        return None
    message = "no URL satisfies all conditions of the rule"
    if cover:
        message = "no URL reaches the rule: the rules before it take them all"
    others = (search.router.rules[other].rule.id for other in cover)
    return _problem(RoutingProblemCode.SHADOWED_RULE, message, rule_id, *others)


def _takes_part(compiled: CompiledRule) -> bool:
    valid = all(one.pattern_error is None for one in compiled.conditions)
    return compiled.rule.enabled and valid


def _can_take(compiled: CompiledRule, published_flow_ids: AbstractSet[EntityId]) -> bool:
    return _takes_part(compiled) and not published_flow_ids.isdisjoint(compiled.rule.flow_ids)
