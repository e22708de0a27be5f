"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.routing.explaining import RuleOutcome
from app.domain.routing.matching import RouteReason
from app.domain.routing.problems import RoutingProblemCode
from app.domain.routing.rules import ConditionOperator, ConditionSource

__all__ = [
    "ConditionOperator",
    "ConditionSource",
    "RouteReason",
    "RoutingProblemCode",
    "RuleOutcome",
]

expose_enum(
    ConditionSource,
    name="RoutingConditionSource",
    description="The part of a page's URL a condition looks at.",
    values={
        ConditionSource.HOST: "The host, without port.",
        ConditionSource.URL_PATH: "The decoded path.",
        ConditionSource.QUERY_PARAMETER: "A query parameter.",
        ConditionSource.UTM_PARAMETER: "A campaign parameter.",
    },
)
expose_enum(
    ConditionOperator,
    name="RoutingConditionOperator",
    description="How a condition compares that part with its value.",
    values={
        ConditionOperator.EQUALS: "It is the value.",
        ConditionOperator.PREFIX: "It begins with the value; paths by whole segment.",
        ConditionOperator.GLOB: "It matches the value with wildcards.",
        ConditionOperator.REGEX: "The whole of it matches the pattern, in RE2 syntax.",
        ConditionOperator.EXISTS: "It is there at all.",
    },
)
expose_enum(
    RoutingProblemCode,
    description="What is wrong with routing rules.",
    values={
        RoutingProblemCode.AMBIGUOUS_RULES: "Rules of one priority lead elsewhere for one URL.",
        RoutingProblemCode.SHADOWED_RULE: "Rules before it take every URL of the rule.",
        RoutingProblemCode.INVALID_PATTERN: "The pattern is not RE2 syntax.",
        RoutingProblemCode.UNKNOWN_FLOW: "The flow does not exist.",
        RoutingProblemCode.UNPUBLISHED_FLOW: "The flow is not published.",
        RoutingProblemCode.DUPLICATE_RULE_ID: "Two rules have the same id.",
        RoutingProblemCode.UNDECIDED: "The patterns are too large to compare.",
    },
)
expose_enum(
    RouteReason,
    description="Why a page was routed the way it was.",
    values={
        RouteReason.RULE_MATCHED: "A rule matched.",
        RouteReason.DEFAULT_FLOW: "No rule matched; the default flow serves.",
        RouteReason.NO_FLOW: "No rule matched, and there is no published default flow.",
    },
)
expose_enum(
    RuleOutcome,
    name="RoutingRuleOutcome",
    description="What became of a rule for a page.",
    values={
        RuleOutcome.MATCHED: "It decided.",
        RuleOutcome.DISABLED: "It is switched off.",
        RuleOutcome.NOT_IN_FORCE: "It is outside its time.",
        RuleOutcome.CONDITION_FAILED: "A condition does not hold.",
        RuleOutcome.FLOW_NOT_PUBLISHED: "All conditions hold, but its flow is not published.",
        RuleOutcome.PRECEDED: "All conditions hold, but a rule before it decided.",
    },
)
