"""Routing rules as clients write them."""

import strawberry

from app.api.booking_flow_routers.enums import ConditionOperator, ConditionSource
from app.api.ids import EntityType
from app.api.inputs import refers_to
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


@strawberry.input(description="Sends the pages that satisfy every condition to a flow.")
class BookingFlowRoutingRuleInput:
    id: strawberry.ID = strawberry.field(description="Unique within the router.")
    name: str = strawberry.field(description="The name its editors know it by.")
    priority: int = strawberry.field(description="Smaller numbers are tried first.")
    enabled: bool = strawberry.field(default=True, description="Whether the rule is tried.")
    booking_flow_id: strawberry.ID = strawberry.field(
        description="The flow it leads to.", metadata=refers_to(EntityType.BOOKING_FLOW)
    )
    conditions: list[RoutingConditionInput] = strawberry.field(
        default_factory=list, description="All must hold; none means every page."
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
