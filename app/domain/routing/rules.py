"""The routing rules of a router, as stored."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from app.domain.instants import to_instant
from app.domain.refusal import problem_at
from app.domain.routing.urls import UTM_FIELDS
from app.domain.values import EntityId, Name, Value

MAX_RULES = 2_000
MAX_CONDITIONS = 20
MAX_VALUE_LENGTH = 2_000
MAX_SPLIT = 20

# Whole milliseconds, as stored: an end a microsecond after the start would be read back as equal.
Moment = Annotated[AwareDatetime, AfterValidator(to_instant)]

RuleId = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ConditionSource(StrEnum):
    """The part of a URL a condition looks at."""

    HOST = "host"
    URL_PATH = "url_path"
    QUERY_PARAMETER = "query_parameter"
    UTM_PARAMETER = "utm_parameter"


class ConditionOperator(StrEnum):
    """How a condition compares that part with its value."""

    EQUALS = "equals"
    PREFIX = "prefix"
    GLOB = "glob"
    REGEX = "regex"
    EXISTS = "exists"


NAMED_SOURCES = (ConditionSource.QUERY_PARAMETER, ConditionSource.UTM_PARAMETER)


class Condition(Value):
    """One claim about a URL; `name` is the parameter's, `value` is what it is compared with."""

    source: ConditionSource
    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    operator: ConditionOperator
    value: Annotated[str, StringConstraints(max_length=MAX_VALUE_LENGTH)] | None = None

    @model_validator(mode="after")
    def _fields_fit_together(self) -> Self:
        named = self.source in NAMED_SOURCES
        if named and not self.name:
            message = f"a condition on a {self.source} needs the parameter's name"
            raise problem_at("REQUIRED", message, "name")
        if not named and self.name:
            message = f"a condition on the {self.source} takes no name"
            raise problem_at("INVALID", message, "name")
        if self.source is ConditionSource.UTM_PARAMETER and self.name not in UTM_FIELDS:
            message = f"a UTM parameter is one of {', '.join(UTM_FIELDS)}"
            raise problem_at("INVALID", message, "name")
        if self.operator is ConditionOperator.EXISTS and self.value:
            raise problem_at("INVALID", "the operator exists takes no value", "value")
        if self.operator is not ConditionOperator.EXISTS and self.value is None:
            raise problem_at("REQUIRED", f"the operator {self.operator} needs a value", "value")
        return self


class FlowWeight(Value):
    """One flow's share of the visitors of a rule: `weight` over the sum of the weights."""

    booking_flow_id: EntityId
    weight: int = Field(ge=1, le=10_000)


class RoutingRule(Value):
    """Sends the URLs that satisfy every condition to a flow; no conditions means every URL.

    The rule is in force in `[starts_at, ends_at)`, an absent end is open. With a `split` each
    visitor keeps to one of its flows; `booking_flow_id` is one of them and serves visitors
    without an id.
    """

    id: RuleId
    name: Name
    priority: int = Field(ge=-1_000_000, le=1_000_000)
    enabled: bool = True
    booking_flow_id: EntityId
    conditions: Annotated[tuple[Condition, ...], Field(max_length=MAX_CONDITIONS)] = ()
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    split: Annotated[tuple[FlowWeight, ...], Field(max_length=MAX_SPLIT)] = ()

    @model_validator(mode="after")
    def _fields_fit_together(self) -> Self:
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise problem_at("OUT_OF_RANGE", "a rule must start before it ends", "ends_at")
        flow_ids = [share.booking_flow_id for share in self.split]
        if len(set(flow_ids)) < len(flow_ids):
            raise problem_at("DUPLICATE", "a split names each flow once", "split")
        if flow_ids and self.booking_flow_id not in flow_ids:
            raise problem_at("INVALID", "a split must name the rule's own flow too", "split")
        return self

    @property
    def flow_ids(self) -> tuple[EntityId, ...]:
        """Every flow the rule may choose, its own first."""
        others = (share.booking_flow_id for share in self.split)
        return tuple(dict.fromkeys((self.booking_flow_id, *others)))


RoutingRules = Annotated[tuple[RoutingRule, ...], Field(max_length=MAX_RULES)]


def flow_ids_of(rules: Iterable[RoutingRule]) -> set[EntityId]:
    """Return every flow the rules name."""
    return {flow_id for rule in rules for flow_id in rule.flow_ids}
