"""The rules of the company's router, and the pages its customers come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.routing.rules import Condition, ConditionOperator, ConditionSource, RoutingRule
from app.domain.values import EntityId
from app.services.demonstration.flows import FlowKey

SITE = "https://www.cedar-and-main.example.com"
ALLOWED_ORIGINS = (SITE, "https://cedar-and-main.example.com", "http://localhost:3000")


def outline_rules(flow_ids: Mapping[FlowKey, EntityId]) -> tuple[RoutingRule, ...]:
    """Return the six rules; who matches none gets the default flow."""
    return (
        RoutingRule(
            id="emergency-pages",
            name="Emergency pages",
            priority=10,
            booking_flow_id=flow_ids[FlowKey.EMERGENCY],
            conditions=(_path(ConditionOperator.PREFIX, "/emergency"),),
        ),
        RoutingRule(
            id="emergency-ads",
            name="Emergency search ads",
            priority=20,
            booking_flow_id=flow_ids[FlowKey.EMERGENCY],
            conditions=(
                _utm("source", ConditionOperator.EQUALS, "google"),
                _utm("campaign", ConditionOperator.GLOB, "emergency-*"),
            ),
        ),
        RoutingRule(
            id="cooling-campaigns",
            name="Cooling campaigns",
            priority=30,
            booking_flow_id=flow_ids[FlowKey.COOLING],
            conditions=(_utm("campaign", ConditionOperator.PREFIX, "cool-"),),
        ),
        RoutingRule(
            id="tune-up-voucher",
            name="Tune-up voucher",
            priority=40,
            booking_flow_id=flow_ids[FlowKey.COOLING],
            conditions=(
                Condition(
                    source=ConditionSource.QUERY_PARAMETER,
                    name="offer",
                    operator=ConditionOperator.EQUALS,
                    value="TUNEUP49",
                ),
            ),
        ),
        RoutingRule(
            id="cooling-pages",
            name="Cooling pages",
            priority=50,
            booking_flow_id=flow_ids[FlowKey.COOLING],
            conditions=(
                _path(ConditionOperator.REGEX, "/services/(cooling|air-conditioning)(/.*)?"),
            ),
        ),
        RoutingRule(
            id="neighborhood-pages",
            name="Neighborhood pages",
            priority=60,
            booking_flow_id=flow_ids[FlowKey.GENERAL],
            conditions=(_path(ConditionOperator.GLOB, "/areas/*/book"),),
        ),
    )


def _path(operator: ConditionOperator, value: str) -> Condition:
    return Condition(source=ConditionSource.URL_PATH, operator=operator, value=value)


def _utm(name: str, operator: ConditionOperator, value: str) -> Condition:
    return Condition(
        source=ConditionSource.UTM_PARAMETER, name=name, operator=operator, value=value
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingPage:
    """A page, its share of the visitors, and the flow and rule that serve them.

    Without a rule it is the default flow. `click_id` is the parameter an advertiser adds.
    """

    path: str
    weight: int
    flow: FlowKey = FlowKey.GENERAL
    rule_id: str | None = None
    referrer: str | None = None
    click_id: str | None = None

    @property
    def url(self) -> str:
        """The page's address, before an advertiser adds anything."""
        return SITE + self.path


_SEARCH = "https://www.google.com/"
_SOCIAL = "https://www.facebook.com/"

LANDING_PAGES = (
    LandingPage(path="/", weight=22, referrer=_SEARCH),
    LandingPage(path="/", weight=9),
    LandingPage(
        path="/?utm_source=google&utm_medium=cpc&utm_campaign=brand",
        weight=10,
        referrer=_SEARCH,
        click_id="gclid",
    ),
    LandingPage(
        path="/?utm_source=facebook&utm_medium=paid_social&utm_campaign=neighbors",
        weight=7,
        referrer=_SOCIAL,
        click_id="fbclid",
    ),
    LandingPage(path="/services/plumbing/drains", weight=8, referrer=_SEARCH),
    LandingPage(path="/services/electrical", weight=6, referrer=_SEARCH),
    LandingPage(
        path="/areas/german-village/book",
        weight=5,
        rule_id="neighborhood-pages",
        referrer=_SEARCH,
    ),
    LandingPage(path="/areas/clintonville/book", weight=4, rule_id="neighborhood-pages"),
    LandingPage(
        path="/emergency",
        weight=5,
        flow=FlowKey.EMERGENCY,
        rule_id="emergency-pages",
        referrer=_SEARCH,
    ),
    LandingPage(
        path="/emergency/burst-pipe",
        weight=3,
        flow=FlowKey.EMERGENCY,
        rule_id="emergency-pages",
        referrer=_SEARCH,
    ),
    LandingPage(
        path="/now?utm_source=google&utm_medium=cpc&utm_campaign=emergency-hvac",
        weight=6,
        flow=FlowKey.EMERGENCY,
        rule_id="emergency-ads",
        referrer=_SEARCH,
        click_id="gclid",
    ),
    LandingPage(
        path="/services/cooling/ac-repair",
        weight=8,
        flow=FlowKey.COOLING,
        rule_id="cooling-pages",
        referrer=_SEARCH,
    ),
    LandingPage(
        path="/?utm_source=newsletter&utm_medium=email&utm_campaign=cool-comfort",
        weight=5,
        flow=FlowKey.COOLING,
        rule_id="cooling-campaigns",
    ),
    LandingPage(path="/?offer=TUNEUP49", weight=2, flow=FlowKey.COOLING, rule_id="tune-up-voucher"),
)
