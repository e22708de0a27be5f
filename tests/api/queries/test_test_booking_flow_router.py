"""Explaining how a router decides for a page."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.documents.driver import CommandCounter, Database
from tests.api.client import ApiClient
from tests.api.routing import a_rule, another_flow, create_router, flow_id
from tests.api.site import a_site

TEST = """query ($id: ID!, $context: RoutingContextInput!) {
  testBookingFlowRouter(id: $id, context: $context) {
    rule { id }
    bookingFlow { id }
    reason
    trace { rule { id } matched outcome failedCondition { source name operator value } }
  }
}"""


async def explain(
    client: ApiClient, router: dict[str, Any], url: str, **context: Any
) -> dict[str, Any]:
    data = await client.data(TEST, {"id": router["id"], "context": {"url": url, **context}})
    answer: dict[str, Any] = data["testBookingFlowRouter"]
    return answer


def trace_of(answer: dict[str, Any]) -> list[tuple[str, bool, str]]:
    return [(row["rule"]["id"], row["matched"], row["outcome"]) for row in answer["trace"]]


async def test_trace_says_what_became_of_every_rule(
    database: Database, command_counter: CommandCounter
) -> None:
    site = await a_site()
    draft = await another_flow(site)
    router = await create_router(
        site.client,
        a_rule("off", site.flow, priority=1, enabled=False),
        a_rule("later", site.flow, priority=2, startsAt="2100-01-01T00:00:00.000Z"),
        a_rule("air", site.flow, "HOST EXISTS", "URL_PATH EQUALS /air", priority=3),
        a_rule("draft", draft, "URL_PATH EQUALS /heat", priority=4),
        a_rule("heat", site.flow, "URL_PATH PREFIX /heat", priority=5),
        a_rule("rest", site.flow, priority=6),
    )
    await draft.get_motor_collection().update_one({"_id": draft.id}, {"$set": {"status": "draft"}})

    with command_counter.counting() as commands:
        answer = await explain(site.client, router, "https://h.example/heat/")

    assert (answer["rule"], answer["reason"]) == ({"id": "heat"}, "RULE_MATCHED")
    assert answer["bookingFlow"] == {"id": flow_id(site.flow)}
    assert trace_of(answer) == [
        ("off", False, "DISABLED"),
        ("later", False, "NOT_IN_FORCE"),
        ("air", False, "CONDITION_FAILED"),
        ("draft", False, "FLOW_NOT_PUBLISHED"),
        ("heat", True, "MATCHED"),
        ("rest", False, "PRECEDED"),
    ]
    assert [row["failedCondition"] for row in answer["trace"]] == [
        {"source": "URL_PATH", "name": None, "operator": "EQUALS", "value": "/air"}
        if row["rule"]["id"] == "air"
        else None
        for row in answer["trace"]
    ]
    assert commands == ["find booking_flow_routers", "find booking_flows", "find booking_flows"]


async def test_page_that_no_rule_wants_has_no_flow(database: Database) -> None:
    site = await a_site()
    router = await create_router(site.client, a_rule("air", site.flow, "URL_PATH EQUALS /air"))

    answer = await explain(site.client, router, "https://h.example/heat")

    assert (answer["rule"], answer["bookingFlow"], answer["reason"]) == (None, None, "NO_FLOW")


async def test_rule_is_judged_at_the_time_of_the_request(database: Database) -> None:
    site = await a_site()
    window: dict[str, Any] = {
        "startsAt": "2026-03-01T00:00:00.000Z",
        "endsAt": "2026-04-01T00:00:00.000Z",
    }
    router = await create_router(site.client, a_rule("march", site.flow, **window))

    outcomes = []
    for month in (2, 3, 4):
        site.client.now = datetime(2026, month, 1, tzinfo=UTC)
        answer = await explain(site.client, router, "https://h.example/")
        outcomes.append(answer["trace"][0]["outcome"])

    assert outcomes == ["NOT_IN_FORCE", "MATCHED", "NOT_IN_FORCE"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h.example/heat",
        "ftp://h.example/",
        "https://",
        "https://h ex.example/",
        "https://[::1/",
        "https://h.example/?" + "a&" * 256,
        "https://h.example/" + "a" * 100_000,
    ],
)
async def test_malformed_url_is_bad_user_input(database: Database, url: str) -> None:
    site = await a_site()
    router = await create_router(site.client)

    answer = await site.client.execute(TEST, {"id": router["id"], "context": {"url": url}})

    assert answer["data"] == {"testBookingFlowRouter": None}
    extensions = answer["errors"][0]["extensions"]
    assert (extensions["code"], extensions["argument"], extensions["path"]) == (
        "BAD_USER_INPUT",
        "context",
        ["context", "url"],
    )


async def test_escapes_that_are_not_utf_8_still_match(database: Database) -> None:
    site = await a_site()
    router = await create_router(
        site.client, a_rule("r", site.flow, "URL_PATH EQUALS /\N{REPLACEMENT CHARACTER}x")
    )
    answer = await explain(site.client, router, "https://h.example/%ffx")
    assert answer["rule"] == {"id": "r"}


async def test_malformed_unknown_and_foreign_routers_are_null(database: Database) -> None:
    site, stranger = await a_site(), await a_site()
    foreign = await create_router(stranger.client, a_rule("r", stranger.flow))

    answers = [
        await explain(site.client, {"id": id_}, "https://h.example/")
        for id_ in ("nonsense", flow_id("f" * 24), foreign["id"])
    ]

    assert answers == [None, None, None]
