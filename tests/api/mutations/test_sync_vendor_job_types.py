"""`syncVendorJobTypes`, against a stand-in behind a socket."""

from typing import Any

import pytest

from app.api.ids import EntityType, decode_id
from app.documents.audit_record import AuditRecord
from app.documents.driver import CommandCounter
from app.documents.vendor_account import VendorAccount
from app.domain.access import Role
from app.domain.vendor import BookingServiceContent
from app.services.audit import read_snapshot
from app.services.booking_services import create_booking_service
from app.services.vendor.access import VendorAccess
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import organization_of
from tests.api.site import a_site, an_author
from tests.contract.journey import load_operations
from tests.services.vendor.accounts import connect
from tests.services.vendor.conftest import shared_stand_in, stand_in, vendor
from tests.servicetitan.running_stand_in import RunningStandIn

__all__ = ["shared_stand_in", "stand_in", "vendor"]

pytestmark = pytest.mark.usefixtures("database")

OPERATIONS = load_operations("admin.graphql")
WHOLE = """mutation ($input: SyncVendorJobTypesInput!) {
  syncVendorJobTypes(input: $input) {
    report {
      createdCount isFull
      differences {
        vendorSyncStatus jobTypeName vendorJobTypeName
        bookingService { id } publishedFlows { title }
      }
      newJobTypes { id name }
      createdServices {
        id serviceContent { title }
        vendorData { jobTypeId vendorSyncStatus lastSyncedAt }
      }
    }
    userErrors { code path }
  }
}"""
UPDATE = """mutation ($input: UpdateBookingServiceInput!) {
  updateBookingService(input: $input) {
    bookingService { vendorData { jobTypeName vendorSyncStatus } } userErrors { code }
  }
}"""


async def a_company(vendor: VendorAccess, client: ApiClient | None = None) -> ApiClient:
    """Return the client of an organization that is connected to the stand-in."""
    client = client or await an_organization()
    client.vendor = vendor
    await connect(vendor, organization_of(client))
    return client


async def a_service(client: ApiClient, job_type_id: str, name: str) -> str:
    content = {
        "service_content": {"title": "AC repair"},
        "vendor_data": {
            "vendor_type": "servicetitan",
            "job_type_id": job_type_id,
            "job_type_name": name,
        },
    }
    service = await create_booking_service(
        BookingServiceContent.model_validate(content), author=an_author(client)
    )
    return service.id


async def sync(client: ApiClient, operation: str = WHOLE, **input_: Any) -> Any:
    return (await client.data(operation, {"input": input_}))["syncVendorJobTypes"]


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


async def test_report_is_answered_as_the_admin_app_asks_for_it(vendor: VendorAccess) -> None:
    client = await a_company(vendor)
    await a_service(client, "5501", "HVAC - AC Repair")
    await a_service(client, "5502", "Old name")

    payload = await sync(client, OPERATIONS["SyncVendorJobTypes"])

    assert payload == {
        "report": {
            "createdCount": 0,
            "updatedCount": 1,
            "driftedCount": 1,
            "notFoundCount": 0,
            "unchangedCount": 0,
        },
        "userErrors": [],
    }


async def test_service_whose_job_type_is_gone_names_the_published_flows_that_offer_it(
    vendor: VendorAccess, command_counter: CommandCounter
) -> None:
    site = await a_site(questions=2)
    client = await a_company(vendor, site.client)
    services = await client.data("{ bookingServices { nodes { id version } } }")
    link = {"vendorType": "SERVICETITAN", "jobTypeId": "7777", "jobTypeName": "Gone"}
    for node in services["bookingServices"]["nodes"]:
        await client.data(
            UPDATE,
            {"input": {"id": node["id"], "expectedVersion": node["version"], "vendorData": link}},
        )
    unused = await a_service(client, "8888", "Gone as well")

    with command_counter.counting() as commands:
        differences = (await sync(client, dryRun=True))["report"]["differences"]

    flows = {
        decode_id(EntityType.BOOKING_SERVICE, each["bookingService"]["id"]): [
            flow["title"] for flow in each["publishedFlows"]
        ]
        for each in differences
    }
    assert len(flows) == 4
    assert flows.pop(unused) == []
    assert list(flows.values()) == [["Book a visit"]] * 3
    assert {each["vendorSyncStatus"] for each in differences} == {"NOT_FOUND"}
    # The account, the links, the services, and five for what uses all of them.
    assert len(commands) <= 8


async def test_new_job_types_become_services_when_they_are_chosen(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)
    await sync(client)
    stand_in.change_job_type(9001, name="Chimney sweep")

    shown = (await sync(client))["report"]
    chosen = (await sync(client, importJobTypeIds=["9001", "5501"]))["report"]
    again = (await sync(client, importJobTypeIds=["9001"]))["report"]

    assert {"id": "9001", "name": "Chimney sweep"} in shown["newJobTypes"]
    assert [each["serviceContent"]["title"] for each in chosen["createdServices"]] == [
        "HVAC - AC Repair",
        "Chimney sweep",
    ]
    links = [each["vendorData"] for each in chosen["createdServices"]]
    assert [(link["jobTypeId"], link["vendorSyncStatus"]) for link in links] == [
        ("5501", "SYNCED"),
        ("9001", "SYNCED"),
    ]
    assert (chosen["createdCount"], again["createdCount"]) == (2, 0)


async def test_all_new_job_types_are_imported_once(vendor: VendorAccess) -> None:
    client = await a_company(vendor)

    planned = (await sync(client, importNew=True, dryRun=True))["report"]
    first = (await sync(client, importNew=True))["report"]
    again = (await sync(client, importNew=True))["report"]

    assert [planned["createdCount"], first["createdCount"], again["createdCount"]] == [15, 15, 0]
    assert planned["createdServices"] == []


async def test_chosen_job_type_that_cannot_be_booked_is_named_and_nothing_is_written(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)
    stand_in.change_job_type(5502, active=False)

    payload = await sync(client, importJobTypeIds=["5501", "5502", "7777", "x' OR 1", ""])

    assert payload["report"] is None
    assert payload["userErrors"] == [
        {"code": "NOT_FOUND", "path": ["input", "importJobTypeIds", str(position)]}
        for position in (1, 2, 3, 4)
    ]
    services = await client.data("{ bookingServices { totalCount } }")
    assert services["bookingServices"]["totalCount"] == 0
    too_many = await sync(client, importJobTypeIds=["1"] * 101)
    assert [error["code"] for error in too_many["userErrors"]] == ["TOO_LONG"]


async def test_taking_over_the_vendors_name_settles_the_drift_at_once(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)
    await a_service(client, "5501", "HVAC - AC Repair")
    await sync(client)
    stand_in.change_job_type(5501, name="Cooling repair")
    drift = (await sync(client))["report"]["differences"][0]
    renamed = {"vendorType": "SERVICETITAN", "jobTypeId": "5501", "jobTypeName": "Cooling repair"}

    service_id = drift["bookingService"]["id"]
    payload = await client.data(
        UPDATE, {"input": {"id": service_id, "expectedVersion": 1, "vendorData": renamed}}
    )

    assert (drift["jobTypeName"], drift["vendorJobTypeName"]) == (
        "HVAC - AC Repair",
        "Cooling repair",
    )
    assert payload["updateBookingService"]["bookingService"]["vendorData"] == {
        "jobTypeName": "Cooling repair",
        "vendorSyncStatus": "SYNCED",
    }
    assert (await sync(client))["report"]["differences"] == []


async def test_vendor_out_of_reach_is_unavailable(
    vendor: VendorAccess, stand_in: RunningStandIn
) -> None:
    client = await a_company(vendor)
    stand_in.fail("drop")

    answer = await client.execute(WHOLE, {"input": {}})

    assert codes(answer) == ["UNAVAILABLE"]


async def test_organization_that_is_not_connected_says_so_and_an_analyst_may_not(
    vendor: VendorAccess,
) -> None:
    client = await an_organization()
    client.vendor = vendor
    analyst = ApiClient(client.credential.model_copy(update={"role": Role.ANALYST}))

    payload = await sync(client)

    assert payload["userErrors"] == [{"code": "VENDOR_NOT_CONNECTED", "path": None}]
    assert codes(await analyst.execute(WHOLE, {"input": {}})) == ["FORBIDDEN"]


async def test_what_a_synchronization_wrote_is_recorded_with_who_asked_for_it(
    vendor: VendorAccess,
) -> None:
    client = await a_company(vendor)
    service_id = await a_service(client, "5501", "HVAC - AC Repair")

    await sync(client, importJobTypeIds=["5502"])

    account = await VendorAccount.find_of(organization_of(client))
    assert account
    found = AuditRecord.find({"mutation": "syncVendorJobTypes", "entity_id": account.id})
    (record,) = await found.to_list()
    after = await read_snapshot(record.after)
    assert after["report"]["created_count"] == 1
    assert after["links"][service_id]["vendor_sync_status"] == "synced"
    imported = {"mutation": "syncVendorJobTypes", "entity_type": "booking_service"}
    owned = AuditRecord.find({**imported, "organization_id": organization_of(client)})
    assert await owned.count() == 1
