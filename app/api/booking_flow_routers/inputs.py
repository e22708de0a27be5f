"""Routing rules as clients write them."""

from datetime import datetime

import strawberry

from app.api.booking_flow_routers.enums import ConditionOperator, ConditionSource
from app.api.ids import EntityType
from app.api.inputs import may_refer_to, refers_to
from app.api.scalars import Url


@strawberry.input(description="One claim about a page's URL.")
class RoutingConditionInput:
    source: ConditionSource = strawberry.field(description="The part looked at.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The parameter's name; for UTM source, medium, campaign, term or content.",
    )
    operator: ConditionOperator = strawberry.field(description="How it is compared.")
    value: str | None = strawberry.field(
        default=strawberry.UNSET, description="What it is compared with; none for EXISTS."
    )


@strawberry.input(description="One flow's share of the visitors of a rule.")
class BookingFlowShareInput:
    booking_flow_id: strawberry.ID = strawberry.field(
        description="The flow.", metadata=may_refer_to(EntityType.BOOKING_FLOW)
    )
    weight: int = strawberry.field(description="Its part of the sum of the weights, 1 to 10,000.")


@strawberry.input(description="Sends the pages that satisfy every condition to a flow.")
class BookingFlowRoutingRuleInput:
    id: strawberry.ID = strawberry.field(description="Unique within the router.")
    name: str = strawberry.field(description="The name its editors know it by.")
    priority: int = strawberry.field(description="Smaller numbers are tried first.")
    enabled: bool = strawberry.field(default=True, description="Whether the rule is tried.")
    booking_flow_id: strawberry.ID = strawberry.field(
        description="The flow it leads to.", metadata=may_refer_to(EntityType.BOOKING_FLOW)
    )
    conditions: list[RoutingConditionInput] = strawberry.field(
        default_factory=list, description="All must hold; none means every page."
    )
    starts_at: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="The rule is in force from then on."
    )
    ends_at: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="The rule is in force until before then."
    )
    split: list[BookingFlowShareInput] = strawberry.field(
        default_factory=list,
        description="Divides visitors among at most 20 flows, the rule's own among them. A "
        "visitor keeps to a flow; one without an id gets the rule's own.",
    )


@strawberry.input(description="A new router.")
class CreateBookingFlowRouterInput:
    name: str = strawberry.field(description="The name its editors know it by.")
    rules: list[BookingFlowRoutingRuleInput] = strawberry.field(
        default_factory=list, description="The rules."
    )


@strawberry.input(description="Campaign parameters that override those of the URL.")
class UtmInput:
    source: str | None = strawberry.field(default=strawberry.UNSET, description="`utm_source`.")
    medium: str | None = strawberry.field(default=strawberry.UNSET, description="`utm_medium`.")
    campaign: str | None = strawberry.field(default=strawberry.UNSET, description="`utm_campaign`.")
    term: str | None = strawberry.field(default=strawberry.UNSET, description="`utm_term`.")
    content: str | None = strawberry.field(default=strawberry.UNSET, description="`utm_content`.")


@strawberry.input(description="The page a widget is on.")
class RoutingContextInput:
    url: Url = strawberry.field(description="The page's whole URL.")
    referrer: Url | None = strawberry.field(
        default=strawberry.UNSET, description="Where the visitor came from."
    )
    utm: UtmInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Campaign parameters, where they are known otherwise than by the URL.",
    )
    visitor_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Keeps a visitor to one side of a split between flows.",
    )


@strawberry.input(description="Changes of a router; what is left out stays as it is.")
class UpdateBookingFlowRouterInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.BOOKING_FLOW_ROUTER)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The name its editors know it by.",
    )
    rules: list[BookingFlowRoutingRuleInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="All rules; they replace those there are.",
    )


@strawberry.input(description="Which to delete.")
class DeleteBookingFlowRouterInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.BOOKING_FLOW_ROUTER)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )
