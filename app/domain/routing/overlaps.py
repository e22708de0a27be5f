"""Which rules might match the same URL, narrowed down before any pair is compared."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from app.domain.routing.conditions import literal_of
from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource, RoutingRule

Feature = tuple[str, str]
"""A trait of a URL; two rules that demand different values of it have no URL in common."""

_END = ""


def find_candidate_pairs(rules: Sequence[RoutingRule]) -> Iterator[tuple[int, int]]:
    """Yield, in order, the positions of each two rules whose demands do not plainly exclude both.

    Sets of rules are bits of an integer, so that a rule is held against all others at once.
    """
    demands = [_find_demands(rule) for rule in rules]
    demanding: dict[tuple[Feature, str], int] = defaultdict(int)
    indifferent: dict[Feature, int] = defaultdict(lambda: (1 << len(rules)) - 1)
    for position, demanded in enumerate(demands):
        for feature, value in demanded.items():
            demanding[feature, value] |= 1 << position
            indifferent[feature] &= ~(1 << position)
    for position, demanded in enumerate(demands):
        candidates = -1 << (position + 1) & ((1 << len(rules)) - 1)
        for feature, value in demanded.items():
            candidates &= demanding[feature, value] | indifferent[feature]
        while candidates:
            lowest = candidates & -candidates
            yield position, lowest.bit_length() - 1
            candidates ^= lowest


def _find_demands(rule: RoutingRule) -> dict[Feature, str]:
    """Return the value each feature must have; of contradictory demands any one will do."""
    demands: dict[Feature, str] = {}
    for condition in rule.conditions:
        equals = condition.operator is ConditionOperator.EQUALS
        match condition.source:
            case ConditionSource.HOST | ConditionSource.UTM_PARAMETER as source if equals:
                demands[source, condition.name or ""] = literal_of(condition)
            case ConditionSource.URL_PATH:
                demands.update(_find_path_demands(condition))
            case _:
                # Two values of a repeated query parameter may satisfy two conditions.
                pass
    return demands


def _find_path_demands(condition: Condition) -> dict[Feature, str]:
    match condition.operator:
        case ConditionOperator.EQUALS:
            segments = [*literal_of(condition).strip("/").split("/"), _END]
        case ConditionOperator.PREFIX:
            segments = literal_of(condition).strip("/").split("/")
        case ConditionOperator.GLOB:
            whole = (condition.value or "").partition("*")[0].rpartition("/")[0]
            segments = whole.removeprefix("/").split("/") if whole.startswith("/") else []
        case ConditionOperator.REGEX | ConditionOperator.EXISTS:
            segments = []
    if condition.operator is not ConditionOperator.EQUALS and segments == [""]:
        return {}
    return {("segment", str(number)): segment for number, segment in enumerate(segments)}
