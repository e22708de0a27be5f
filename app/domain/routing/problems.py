"""What can be wrong with a router's rules."""

from enum import StrEnum

from app.domain.severity import Severity
from app.domain.values import Value


class RoutingProblemCode(StrEnum):
    """The kinds of problem."""

    AMBIGUOUS_RULES = "ambiguous_rules"
    SHADOWED_RULE = "shadowed_rule"
    INVALID_PATTERN = "invalid_pattern"
    UNKNOWN_FLOW = "unknown_flow"
    UNPUBLISHED_FLOW = "unpublished_flow"
    DUPLICATE_RULE_ID = "duplicate_rule_id"
    UNDECIDED = "undecided"


class RoutingProblem(Value):
    """One problem, the rules at fault and, for an ambiguity, a URL that matches them all."""

    code: RoutingProblemCode
    severity: Severity
    message: str
    rule_ids: tuple[str, ...]
    witness_url: str | None = None
