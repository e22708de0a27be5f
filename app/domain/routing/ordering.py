"""Giving the rules of a router a new order."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.domain.problems import Problem, ProblemCode
from app.domain.routing.rules import RoutingRule

_IDS_NAMED = 5


def find_order_problems(
    rules: Sequence[RoutingRule], rule_ids: Sequence[str]
) -> tuple[Problem, ...]:
    """Return what keeps `rule_ids` from naming every rule once; paths begin with `rule_ids`."""
    return tuple(_find_all(rules, rule_ids))


def reorder(rules: Sequence[RoutingRule], rule_ids: Sequence[str]) -> tuple[RoutingRule, ...]:
    """Return the rules in the order of `rule_ids`, which names each, with priorities 1, 2, …"""
    by_id = {rule.id: rule for rule in rules}
    return tuple(
        by_id[rule_id].model_copy(update={"priority": priority})
        for priority, rule_id in enumerate(rule_ids, start=1)
    )


def _find_all(rules: Sequence[RoutingRule], rule_ids: Sequence[str]) -> Iterator[Problem]:
    known = {rule.id for rule in rules}
    counts = Counter[str]()
    for index, rule_id in enumerate(rule_ids):
        counts[rule_id] += 1
        path = ("rule_ids", index)
        if rule_id not in known:
            message = "names no rule of the router"
            yield Problem(code=ProblemCode.NOT_FOUND, message=message, path=path)
        elif counts[rule_id] > 1:
            message = "the rule is named before"
            yield Problem(code=ProblemCode.DUPLICATE, message=message, path=path)
    missing = [rule.id for rule in rules if rule.id not in counts]
    if missing:
        named = ", ".join(missing[:_IDS_NAMED])
        more = f" and {len(missing) - _IDS_NAMED} more" if len(missing) > _IDS_NAMED else ""
        message = f"does not name every rule: {named}{more} missing"
        yield Problem(code=ProblemCode.REQUIRED, message=message, path=("rule_ids",))
