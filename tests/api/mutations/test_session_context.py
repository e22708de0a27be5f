"""What a session keeps of the page it started on."""

from typing import Any

import pytest

from app.documents.driver import Database
from tests.api.client import an_anonymous_client
from tests.api.routing import a_rule, another_flow, create_router, flow_id, use_router
from tests.api.site import Site, a_site
from tests.contract.journey import load_operations

START = """mutation ($input: StartBookingSessionInput!) {
  startBookingSession(input: $input) {
    bookingSession {
      ... on BookingSessionBase {
        bookingFlow { id }
        sessionContext {
          url
          referrer
          utm { source medium campaign term content }
          clickIds { gclid fbclid msclkid gbraid wbraid }
          route { ruleId ruleName reason }
        }
      }
    }
    userErrors { code path }
  }
}"""
BOOT = load_operations("widget.graphql")["WidgetBoot"]
NO_UTM = dict.fromkeys(("source", "medium", "campaign", "term", "content"))
NO_CLICKS = dict.fromkeys(("gclid", "fbclid", "msclkid", "gbraid", "wbraid"))


async def start(site: Site, url: str, **context: Any) -> dict[str, Any]:
    input_ = {
        "publishableKey": site.config.publishable_key,
        "context": {"url": url, **context},
    }
    data = await an_anonymous_client().data(START, {"input": input_})
    payload: dict[str, Any] = data["startBookingSession"]
    return payload


async def context_of(site: Site, url: str, **context: Any) -> dict[str, Any]:
    payload = await start(site, url, **context)
    assert payload["userErrors"] == []
    kept: dict[str, Any] = payload["bookingSession"]["sessionContext"]
    return kept


async def test_click_ids_campaign_and_addresses_are_kept_as_they_came(database: Database) -> None:
    site = await a_site()
    url = (
        "https://H.example//a/?gclid=Cj0K_Q-%2B%20x&fbclid=&msclkid=m&gbraid=g&wbraid=W"
        "&utm_source=News%20Letter&utm_medium=&UTM_TERM=no#top"
    )

    kept = await context_of(site, url, referrer="https://search.example/?q=" + "r" * 5_000)

    assert kept["url"] == url
    assert kept["referrer"] == "https://search.example/?q=" + "r" * 5_000
    assert kept["clickIds"] == {
        "gclid": "Cj0K_Q-+ x",
        "fbclid": "",
        "msclkid": "m",
        "gbraid": "g",
        "wbraid": "W",
    }
    assert kept["utm"] == NO_UTM | {"source": "News Letter", "medium": ""}


async def test_given_campaign_overrides_field_by_field(database: Database) -> None:
    site = await a_site()
    url = "https://h.example/?utm_source=ads&utm_medium=cpc&utm_term=heat"

    kept = await context_of(site, url, utm={"source": "mail", "medium": "", "term": None})

    assert kept["utm"] == NO_UTM | {"source": "mail", "medium": "", "term": "heat"}


async def test_first_of_repeated_parameters_is_kept(database: Database) -> None:
    site = await a_site()
    kept = await context_of(site, "https://h.example/?gclid=1&utm_term=a&gclid=2&utm_term=b")
    assert kept["clickIds"] == NO_CLICKS | {"gclid": "1"}
    assert kept["utm"] == NO_UTM | {"term": "a"}


async def test_long_campaigns_are_cut_and_long_click_ids_left_to_the_url(
    database: Database,
) -> None:
    site = await a_site()
    url = f"https://h.example/?utm_term={'t' * 201}&gclid={'g' * 501}&fbclid={'f' * 500}"

    kept = await context_of(site, url)

    assert kept["utm"] == NO_UTM | {"term": "t" * 200}
    assert kept["clickIds"] == NO_CLICKS | {"fbclid": "f" * 500}
    assert kept["url"] == url


async def test_url_as_long_as_it_may_be_is_kept_and_one_longer_refused(database: Database) -> None:
    site = await a_site()
    url = "https://h.example/".ljust(16_384, "a")

    assert (await context_of(site, url))["url"] == url
    for too_long in (url + "a", url * 7):
        assert (await start(site, too_long))["userErrors"] == [
            {"code": "INVALID", "path": ["input", "context", "url"]}
        ]


async def test_route_names_the_rule_as_it_was_or_the_default_flow(database: Database) -> None:
    site = await a_site()
    rule = a_rule("heat", site.flow, "URL_PATH PREFIX /heat", name="Heating campaign")
    await use_router(site, await create_router(site.client, rule))

    routed = await context_of(site, "https://h.example/heat")
    default = await context_of(site, "https://h.example/air")

    assert routed["route"] == {
        "ruleId": "heat",
        "ruleName": "Heating campaign",
        "reason": "RULE_MATCHED",
    }
    assert default["route"] == {"ruleId": None, "ruleName": None, "reason": "DEFAULT_FLOW"}


async def test_split_sends_a_visitor_to_the_same_flow_at_boot_and_at_start(
    database: Database,
) -> None:
    site = await a_site()
    other = await another_flow(site)
    split = [
        {"bookingFlowId": flow_id(site.flow), "weight": 1},
        {"bookingFlowId": flow_id(other), "weight": 3},
    ]
    await use_router(site, await create_router(site.client, a_rule("r", site.flow, split=split)))
    pages = [{"url": "https://h.example/", "visitorId": f"visitor {n}"} for n in range(80)]
    booted = []
    for page in pages:
        variables = {"key": site.config.publishable_key, "context": page}
        boot = await an_anonymous_client().data(BOOT, variables)
        booted.append(boot["scheduler"]["bookingFlow"]["id"])
    started = [
        (await start(site, **page))["bookingSession"]["bookingFlow"]["id"] for page in pages[:20]
    ]

    assert started == booted[:20]
    # Ids decide who goes where: half of them or fewer has a chance of one in 700,000.
    assert 40 < booted.count(flow_id(other)) < 80


@pytest.mark.parametrize("url", ["", "h.example", "https://h.example:x/"])
async def test_malformed_url_is_refused_with_its_place(database: Database, url: str) -> None:
    site = await a_site()
    payload = await start(site, url)
    assert payload["bookingSession"] is None
    assert payload["userErrors"] == [{"code": "INVALID", "path": ["input", "context", "url"]}]
