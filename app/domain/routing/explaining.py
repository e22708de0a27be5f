"""The trace of a routing decision."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum

from app.domain.routing.conditions import Subject, view_url
from app.domain.routing.matching import (
    CompiledRouter,
    CompiledRule,
    RouteDecision,
    is_in_force,
    match,
)
from app.domain.routing.rules import Condition
from app.domain.routing.splitting import choose_flow
from app.domain.routing.urls import ParsedUrl
from app.domain.values import EntityId, Value


class RuleOutcome(StrEnum):
    """What became of a rule for one URL."""

    MATCHED = "matched"
    DISABLED = "disabled"
    NOT_IN_FORCE = "not_in_force"
    CONDITION_FAILED = "condition_failed"
    FLOW_NOT_PUBLISHED = "flow_not_published"
    PRECEDED = "preceded"


class RuleTrace(Value):
    """One rule tried: what became of it and, if a condition failed, the first that did."""

    rule_id: str
    outcome: RuleOutcome
    failed_condition: Condition | None = None

    @property
    def matched(self) -> bool:
        """Whether this is the rule that decided."""
        return self.outcome is RuleOutcome.MATCHED


class Explanation(Value):
    """A routing decision with the trace of every rule, in the order they are tried."""

    decision: RouteDecision
    trace: tuple[RuleTrace, ...]


def explain(
    router: CompiledRouter,
    url: ParsedUrl,
    *,
    published_flow_ids: AbstractSet[EntityId],
    now: datetime,
    visitor_id: str | None = None,
    default_flow_id: EntityId | None = None,
) -> Explanation:
    """Return what `match` returns for the same arguments, and why.

    Rules after the one that decided are judged too: `PRECEDED` would have matched without it.
    """
    decision = match(
        router,
        url,
        published_flow_ids=published_flow_ids,
        now=now,
        visitor_id=visitor_id,
        default_flow_id=default_flow_id,
    )
    subject = view_url(url)
    trace: list[RuleTrace] = []
    decided = False
    for compiled in router.rules:
        judged = _judge(compiled, subject, published_flow_ids, now)
        if judged.matched and decided:
            judged = judged.model_copy(update={"outcome": RuleOutcome.PRECEDED})
        decided = decided or judged.matched
        trace.append(judged)
    return Explanation(decision=decision, trace=tuple(trace))


def _judge(
    compiled: CompiledRule,
    subject: Subject,
    published_flow_ids: AbstractSet[EntityId],
    now: datetime,
) -> RuleTrace:
    rule = compiled.rule
    if not rule.enabled:
        return RuleTrace(rule_id=rule.id, outcome=RuleOutcome.DISABLED)
    if not is_in_force(rule, now):
        return RuleTrace(rule_id=rule.id, outcome=RuleOutcome.NOT_IN_FORCE)
    failed = compiled.find_failed(subject)
    if failed is not None:
        return RuleTrace(
            rule_id=rule.id,
            outcome=RuleOutcome.CONDITION_FAILED,
            failed_condition=failed.condition,
        )
    if choose_flow(rule, published_flow_ids=published_flow_ids, visitor_id=None) is None:
        return RuleTrace(rule_id=rule.id, outcome=RuleOutcome.FLOW_NOT_PUBLISHED)
    return RuleTrace(rule_id=rule.id, outcome=RuleOutcome.MATCHED)
