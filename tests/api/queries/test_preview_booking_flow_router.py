"""Running draft rules over past sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api.scalars import serialize_datetime
from app.documents.driver import CommandCounter, Database
from app.services import routing_preview
from tests.api.client import an_anonymous_client
from tests.api.routing import a_rule, another_flow, create_router, flow_id, use_router
from tests.api.site import Site, a_site
from tests.contract.journey import load_operations

START = load_operations("widget.graphql")["StartBookingSession"]
PREVIEW = """query ($id: ID, $rules: [BookingFlowRoutingRuleInput!]!, $since: DateTime!) {
  previewBookingFlowRouter(id: $id, rules: $rules, since: $since) {
    examinedCount
    isTruncated
    changedCount
    changes { fromRuleId toRuleId fromFlow { id } toFlow { id } count exampleUrls }
  }
}"""
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def visit(site: Site, path: str, *, at: datetime = NOW, **context: Any) -> None:
    client = an_anonymous_client()
    client.now = at
    context["url"] = f"https://h.example{path}"
    input_ = {"publishableKey": site.config.publishable_key, "context": context}
    payload = (await client.data(START, {"input": input_}))["startBookingSession"]
    assert payload["userErrors"] == []


async def preview(site: Site, *rules: dict[str, Any], **variables: Any) -> dict[str, Any]:
    since = variables.pop("since", NOW - timedelta(days=1))
    data = await site.client.data(
        PREVIEW, {"rules": list(rules), "since": serialize_datetime(since), **variables}
    )
    answer: dict[str, Any] = data["previewBookingFlowRouter"]
    return answer


async def test_sessions_that_would_be_routed_differently_are_counted_with_examples(
    database: Database, command_counter: CommandCounter
) -> None:
    site = await a_site()
    other = await another_flow(site)
    stored = a_rule("heat", site.flow, "URL_PATH PREFIX /heat")
    await use_router(site, await create_router(site.client, stored))
    for number in range(7):
        await visit(site, f"/heat/{number % 6}")
    await visit(site, "/air")
    await visit(site, "/plumbing")

    with command_counter.counting() as commands:
        answer = await preview(
            site,
            a_rule("heat", other, "URL_PATH PREFIX /heat"),
            a_rule("air", site.flow, "URL_PATH EQUALS /air", priority=2),
        )

    assert {name: answer[name] for name in ("examinedCount", "isTruncated", "changedCount")} == {
        "examinedCount": 9,
        "isTruncated": False,
        "changedCount": 8,
    }
    assert answer["changes"] == [
        {
            "fromRuleId": "heat",
            "toRuleId": "heat",
            "fromFlow": {"id": flow_id(site.flow)},
            "toFlow": {"id": flow_id(other)},
            "count": 7,
            "exampleUrls": [f"https://h.example/heat/{n}" for n in (0, 5, 4, 3, 2)],
        },
        {
            "fromRuleId": None,
            "toRuleId": "air",
            "fromFlow": {"id": flow_id(site.flow)},
            "toFlow": {"id": flow_id(site.flow)},
            "count": 1,
            "exampleUrls": ["https://h.example/air"],
        },
    ]
    assert commands == [
        "find scheduler_configs",
        "find booking_flows",
        "find booking_sessions",
        "find booking_flows",
    ]


async def test_campaign_and_visitor_of_the_session_decide_as_they_did(database: Database) -> None:
    site = await a_site()
    other = await another_flow(site)
    split = [{"bookingFlowId": flow_id(flow), "weight": 1} for flow in (site.flow, other)]
    rules = (
        a_rule("mail", site.flow, "UTM_PARAMETER.source EQUALS mail"),
        a_rule("rest", site.flow, priority=2, split=split),
    )
    await use_router(site, await create_router(site.client, *rules))
    await visit(site, "/?utm_source=ads", utm={"source": "Mail"})
    for number in range(10):
        await visit(site, "/", visitorId=f"visitor {number}")

    answer = await preview(site, *rules)

    assert (answer["examinedCount"], answer["changedCount"]) == (11, 0)


async def test_only_sessions_since_then_of_this_organization_and_router_count(
    database: Database,
) -> None:
    site, stranger = await a_site(), await a_site()
    router = await create_router(site.client)
    unused = await create_router(site.client)
    await use_router(site, router)
    await visit(site, "/", at=NOW - timedelta(days=2))
    await visit(site, "/")
    await visit(stranger, "/")
    rule = a_rule("r", site.flow)

    assert (await preview(site, rule))["changedCount"] == 1
    assert (await preview(site, rule, since=NOW - timedelta(days=3)))["changedCount"] == 2
    assert (await preview(site, rule, id=router["id"]))["changedCount"] == 1
    assert (await preview(site, rule, id=unused["id"]))["examinedCount"] == 0
    assert await preview(stranger, rule, id=router["id"]) is None
    assert (await preview(stranger))["examinedCount"] == 1


async def test_newest_sessions_are_examined_and_the_answer_says_when_more_were_left(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing_preview, "MAX_SESSIONS", 3)
    monkeypatch.setattr(routing_preview, "SESSIONS_PER_BATCH", 2)
    site = await a_site()
    for number in range(3):
        await visit(site, f"/{number}", at=NOW + timedelta(seconds=number))
    assert (await preview(site))["isTruncated"] is False
    await visit(site, "/new", at=NOW + timedelta(minutes=1))

    answer = await preview(site, a_rule("r", site.flow))

    assert (answer["examinedCount"], answer["isTruncated"]) == (3, True)
    [change] = answer["changes"]
    assert change["exampleUrls"] == [f"https://h.example/{path}" for path in ("new", "2", "1")]
