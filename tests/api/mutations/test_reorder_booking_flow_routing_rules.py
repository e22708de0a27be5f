"""Putting the rules of a router in another order."""

from typing import Any

import pytest

from app.api.ids import EntityType, decode_id
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.driver import Database
from tests.api.client import ApiClient
from tests.api.routing import a_rule, another_flow, create_router
from tests.api.site import a_site

REORDER = """mutation ($input: ReorderBookingFlowRoutingRulesInput!) {
  reorderBookingFlowRoutingRules(input: $input) {
    bookingFlowRouter { version rules { id priority } }
    problems { code ruleIds }
    userErrors { code path message }
  }
}"""


async def reorder(
    client: ApiClient, router: dict[str, Any], *rule_ids: str, version: int = 1
) -> dict[str, Any]:
    input_ = {"id": router["id"], "expectedVersion": version, "ruleIds": list(rule_ids)}
    data = await client.data(REORDER, {"input": input_})
    payload: dict[str, Any] = data["reorderBookingFlowRoutingRules"]
    return payload


async def test_rules_get_the_priorities_of_their_order_and_are_judged_again(
    database: Database,
) -> None:
    site = await a_site()
    other = await another_flow(site)
    router = await create_router(
        site.client,
        a_rule("a", site.flow, "URL_PATH EQUALS /a", priority=10),
        a_rule("b", site.flow, "URL_PATH EQUALS /b", priority=10),
        a_rule("rest", other, priority=20),
    )

    payload = await reorder(site.client, router, "b", "rest", "a")

    assert payload["userErrors"] == []
    assert payload["bookingFlowRouter"] == {
        "version": 2,
        "rules": [
            {"id": "b", "priority": 1},
            {"id": "rest", "priority": 2},
            {"id": "a", "priority": 3},
        ],
    }
    assert payload["problems"] == [{"code": "SHADOWED_RULE", "ruleIds": ["a", "rest"]}]


@pytest.mark.parametrize(
    ("rule_ids", "errors"),
    [
        (["a"], [("REQUIRED", ["input", "ruleIds"])]),
        (["a", "b", "c"], [("NOT_FOUND", ["input", "ruleIds", "2"])]),
        (["a", "b", "a"], [("DUPLICATE", ["input", "ruleIds", "2"])]),
        (
            ["c", "a", "a"],
            [
                ("NOT_FOUND", ["input", "ruleIds", "0"]),
                ("DUPLICATE", ["input", "ruleIds", "2"]),
                ("REQUIRED", ["input", "ruleIds"]),
            ],
        ),
    ],
)
async def test_order_that_does_not_name_every_rule_once_is_refused(
    database: Database, rule_ids: list[str], errors: list[tuple[str, list[str]]]
) -> None:
    site = await a_site()
    router = await create_router(
        site.client, a_rule("a", site.flow), a_rule("b", site.flow, "HOST EXISTS")
    )

    payload = await reorder(site.client, router, *rule_ids)

    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == errors
    assert payload["bookingFlowRouter"] is None
    raw_id = decode_id(EntityType.BOOKING_FLOW_ROUTER, router["id"])
    stored = await BookingFlowRouter.find_one({"_id": raw_id})
    assert stored is not None
    assert (stored.version, [rule.priority for rule in stored.rules]) == (1, [1, 1])


async def test_stale_version_is_a_conflict_and_a_foreign_router_not_found(
    database: Database,
) -> None:
    site, stranger = await a_site(), await a_site()
    router = await create_router(site.client, a_rule("a", site.flow))
    assert (await reorder(site.client, router, "a"))["userErrors"] == []

    stale = (await reorder(site.client, router, "a"))["userErrors"]
    foreign = (await reorder(stranger.client, router, "a"))["userErrors"]

    assert [(one["code"], one["path"]) for one in stale] == [
        ("CONFLICT", ["input", "expectedVersion"])
    ]
    assert "2" in stale[0]["message"]
    assert [(one["code"], one["path"]) for one in foreign] == [("NOT_FOUND", ["input", "id"])]
