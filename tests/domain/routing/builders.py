"""Rules and conditions that state only the fact under test."""

from datetime import UTC, datetime
from typing import Any

from app.domain.routing.conditions import compile_condition, view_url
from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource, RoutingRule
from app.domain.routing.urls import ParsedUrl, Utm, parse_url
from app.services.patterns import compile_pattern

FLOW = "0" * 23 + "1"
OTHER_FLOW = "0" * 23 + "2"
THIRD_FLOW = "0" * 23 + "3"
ALL_FLOWS = frozenset({FLOW, OTHER_FLOW, THIRD_FLOW})
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

_SOURCES = {
    "host": ConditionSource.HOST,
    "path": ConditionSource.URL_PATH,
    "query": ConditionSource.QUERY_PARAMETER,
    "utm": ConditionSource.UTM_PARAMETER,
}


def a_condition(text: str) -> Condition:
    """Read a condition such as `query.q prefix ab`; what follows the operator is the value."""
    source, operator, *value = text.split(" ", 2)
    source, _, name = source.partition(".")
    return Condition(
        source=_SOURCES[source],
        name=name or None,
        operator=ConditionOperator(operator),
        value=value[0] if value else None,
    )


def a_rule(rule_id: str = "r", *conditions: str, **fields: Any) -> RoutingRule:
    values: dict[str, Any] = {"name": rule_id, "priority": 1, "booking_flow_id": FLOW} | fields
    return RoutingRule(id=rule_id, conditions=tuple(map(a_condition, conditions)), **values)


def a_url(text: str, utm: Utm | None = None) -> ParsedUrl:
    parsed = parse_url(text, utm)
    assert isinstance(parsed, ParsedUrl), parsed
    return parsed


def holds(condition: str, url: str, utm: Utm | None = None) -> bool:
    compiled = compile_condition(a_condition(condition), compile_pattern=compile_pattern)
    assert compiled.pattern_error is None, compiled.pattern_error
    return compiled.holds(view_url(a_url(url, utm)))
