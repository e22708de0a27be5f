"""`updateBookingFlowRouter`: rules are judged when they are given."""

from typing import Any

from app.documents.booking_flow import BookingFlow
from app.documents.driver import Database
from app.domain.booking_flow.flow import BookingFlowStatus
from tests.api.client import ApiClient
from tests.api.routing import a_rule, create_router
from tests.api.site import a_site

UPDATE = """mutation ($input: UpdateBookingFlowRouterInput!) {
    updateBookingFlowRouter(input: $input) {
        bookingFlowRouter { version name rules { id } }
        problems { code ruleIds }
        userErrors { code path }
    }
}"""
RENAMED = {"version": 2, "name": "Renamed", "rules": [{"id": "a"}]}


async def update(client: ApiClient, router: dict[str, Any], **patch: Any) -> Any:
    input_ = {"id": router["id"], "expectedVersion": router["version"], **patch}
    return (await client.data(UPDATE, {"input": input_}))["updateBookingFlowRouter"]


async def test_rules_with_errors_are_refused_with_their_problems(database: Database) -> None:
    site = await a_site()
    router = await create_router(site.client, a_rule("a", site.flow))

    refused = await update(site.client, router, rules=[a_rule("b", site.flow, "HOST REGEX (")])
    kept = await update(site.client, router, name="Renamed")

    assert refused == {
        "bookingFlowRouter": None,
        "problems": [{"code": "INVALID_PATTERN", "ruleIds": ["b"]}],
        "userErrors": [{"code": "PROBLEMS_FOUND", "path": ["input", "rules"]}],
    }
    assert kept == {"bookingFlowRouter": RENAMED, "problems": [], "userErrors": []}


async def test_router_is_renamed_though_the_flow_of_a_rule_is_gone(database: Database) -> None:
    site = await a_site()
    router = await create_router(site.client, a_rule("a", site.flow))
    await BookingFlow.get_motor_collection().update_one(
        {"_id": site.flow.id}, {"$set": {"status": BookingFlowStatus.DELETED.value}}
    )

    renamed = await update(site.client, router, name="Renamed")

    assert renamed == {
        "bookingFlowRouter": RENAMED,
        "problems": [{"code": "UNKNOWN_FLOW", "ruleIds": ["a"]}],
        "userErrors": [],
    }
