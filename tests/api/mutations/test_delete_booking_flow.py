"""Deleting flows, and bringing them back."""

from typing import Any

from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.driver import Database
from app.domain.routing.rules import RoutingRule
from app.domain.scheduler_config import SchedulerConfigContent
from app.services.scheduler_configs import create_scheduler_config
from tests.api.client import ApiClient, an_organization
from tests.api.flows import a_flow, flow_id
from tests.api.site import an_author
from tests.contract.journey import load_operations

OPERATIONS = load_operations("admin.graphql")
RESTORE = """mutation ($input: RestoreBookingFlowInput!) {
  restoreBookingFlow(input: $input) {
    bookingFlow { id status revision } userErrors { code path }
  }
}"""
USED_BY = """query ($id: ID!) { bookingFlow(id: $id) {
  usedBy { bookingFlowRouters { name } schedulerConfigs { name } }
} }"""


async def delete(client: ApiClient, flow: str, **more: Any) -> Any:
    data = await client.data(OPERATIONS["DeleteBookingFlow"], {"input": {"id": flow, **more}})
    return data["deleteBookingFlow"]


async def test_deleted_flow_can_be_restored_as_a_draft_with_its_revisions(
    database: Database,
) -> None:
    client = await an_organization()
    flow = flow_id(await a_flow(an_author(client)))
    publish = {"input": {"id": flow, "expectedVersion": 1}}
    await client.data(OPERATIONS["PublishBookingFlow"], publish)

    deleted = await delete(client, flow, expectedVersion=2)
    again = await delete(client, flow)
    restored = await client.data(RESTORE, {"input": {"id": flow}})
    twice = await client.data(RESTORE, {"input": {"id": flow}})

    assert deleted == {"bookingFlow": {"id": flow, "status": "DELETED"}, "userErrors": []}
    assert [e["code"] for e in again["userErrors"]] == ["NOT_FOUND"]
    assert restored["restoreBookingFlow"] == {
        "bookingFlow": {"id": flow, "status": "DRAFT", "revision": 1},
        "userErrors": [],
    }
    assert [e["code"] for e in twice["restoreBookingFlow"]["userErrors"]] == ["NOT_FOUND"]


async def test_flow_in_use_names_its_users_and_stays(database: Database) -> None:
    client = await an_organization()
    author = an_author(client)
    flow = await a_flow(author)
    rule = RoutingRule(id="r", name="All", priority=1, booking_flow_id=flow.id)
    await BookingFlowRouter(**author.ownership(), name="Website", rules=[rule]).insert()
    content = SchedulerConfigContent(name="Widget", default_booking_flow_id=flow.id)
    await create_scheduler_config(content, author=author)

    payload = await delete(client, flow_id(flow))

    assert payload["bookingFlow"] is None
    assert [(e["code"], e["message"]) for e in payload["userErrors"]] == [
        ("IN_USE", "is used by the router “Website”, the scheduler config “Widget”")
    ]
    assert await client.data(USED_BY, {"id": flow_id(flow)}) == {
        "bookingFlow": {
            "usedBy": {
                "bookingFlowRouters": [{"name": "Website"}],
                "schedulerConfigs": [{"name": "Widget"}],
            }
        }
    }


async def test_stale_version_and_foreign_flow_are_refused(database: Database) -> None:
    client, stranger = await an_organization(), await an_organization("Other")
    flow = flow_id(await a_flow(an_author(client)))

    stale = await delete(client, flow, expectedVersion=9)
    foreign = await delete(stranger, flow)

    assert [e["code"] for e in stale["userErrors"]] == ["CONFLICT"]
    assert [e["code"] for e in foreign["userErrors"]] == ["NOT_FOUND"]
