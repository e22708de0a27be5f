"""The choice of a booking flow for a URL."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.routing.conditions import (
    CompiledCondition,
    Subject,
    compile_condition,
    view_url,
)
from app.domain.routing.index import RuleIndex
from app.domain.routing.patterns import PatternAllowance, PatternCompiler
from app.domain.routing.rules import RoutingRule
from app.domain.routing.splitting import choose_flow
from app.domain.routing.urls import ParsedUrl
from app.domain.values import EntityId, Value


class RouteReason(StrEnum):
    """Why a URL was routed the way it was."""

    RULE_MATCHED = "rule_matched"
    DEFAULT_FLOW = "default_flow"
    NO_FLOW = "no_flow"


class RouteDecision(Value):
    """The flow a URL is sent to and the rule that said so; both None when nothing serves it."""

    rule_id: str | None = None
    booking_flow_id: EntityId | None = None
    reason: RouteReason


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its conditions ready to be asked."""

    rule: RoutingRule
    conditions: tuple[CompiledCondition, ...]

    def find_failed(self, subject: Subject) -> CompiledCondition | None:
        """Return the first condition that does not hold, None when all do."""
        return next((one for one in self.conditions if not one.holds(subject)), None)


@dataclass(frozen=True, slots=True)
class CompiledRouter:
    """Every rule of a router in the order they are tried, and an index over the enabled ones.

    Immutable: compile once per router version and share it between requests. `pattern_size` says
    how much memory its patterns take, in the unit of `MAX_PATTERN_SIZE`.
    """

    rules: tuple[CompiledRule, ...]
    index: RuleIndex
    pattern_size: int


def compile_router(
    rules: Iterable[RoutingRule], *, compile_pattern: PatternCompiler
) -> CompiledRouter:
    """Return the rules ready for matching: by priority, equal priorities in the order given.

    A condition with a wrong pattern never holds; its `pattern_error` says what is wrong. Those
    beyond `MAX_PATTERN_SIZE` count as wrong.
    """
    ordered = sorted(rules, key=lambda rule: rule.priority)
    allowance = PatternAllowance(compile_pattern)
    compiled = tuple(_compile_rule(rule, allowance) for rule in ordered)
    return CompiledRouter(rules=compiled, index=RuleIndex(ordered), pattern_size=allowance.spent)


def match(
    router: CompiledRouter,
    url: ParsedUrl,
    *,
    published_flow_ids: AbstractSet[EntityId],
    now: datetime,
    visitor_id: str | None = None,
    default_flow_id: EntityId | None = None,
) -> RouteDecision:
    """Return the flow of the first rule in force whose conditions hold and whose flow is published.

    Without one the default flow is chosen, if it is published; else there is no flow.
    """
    subject = view_url(url)
    for position in router.index.find_candidates(subject):
        compiled = router.rules[position]
        if not is_in_force(compiled.rule, now) or compiled.find_failed(subject):
            continue
        flow_id = choose_flow(
            compiled.rule, published_flow_ids=published_flow_ids, visitor_id=visitor_id
        )
        if flow_id is not None:
            return RouteDecision(
                rule_id=compiled.rule.id,
                booking_flow_id=flow_id,
                reason=RouteReason.RULE_MATCHED,
            )
    if default_flow_id in published_flow_ids:
        return RouteDecision(booking_flow_id=default_flow_id, reason=RouteReason.DEFAULT_FLOW)
    return RouteDecision(reason=RouteReason.NO_FLOW)


def satisfies(rule: CompiledRule, url: ParsedUrl) -> bool:
    """Tell whether all conditions of the rule hold for the URL, whatever else decides."""
    return rule.find_failed(view_url(url)) is None


def is_in_force(rule: RoutingRule, now: datetime) -> bool:
    """Tell whether `now` lies in the rule's schedule window `[starts_at, ends_at)`."""
    started = rule.starts_at is None or rule.starts_at <= now
    return started and (rule.ends_at is None or now < rule.ends_at)


def _compile_rule(rule: RoutingRule, compile_pattern: PatternCompiler) -> CompiledRule:
    conditions = (
        compile_condition(condition, compile_pattern=compile_pattern)
        for condition in rule.conditions
    )
    return CompiledRule(rule=rule, conditions=tuple(conditions))
