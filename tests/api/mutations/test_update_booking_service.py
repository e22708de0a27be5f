"""`updateBookingService`: the link to the vendor."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.api.ids import EntityType, decode_id
from app.documents.driver import Database
from tests.api.client import ApiClient, an_organization
from tests.api.editable import SERVICE

UPDATE = """mutation ($input: UpdateBookingServiceInput!) {
    updateBookingService(input: $input) {
        bookingService {
            serviceContent { title description icon }
            vendorData { jobTypeId jobTypeName vendorSyncStatus lastSyncedAt }
        }
        userErrors { code path }
    }
}"""
LINK = {"vendorType": "SERVICETITAN", "jobTypeId": "7", "jobTypeName": "Tune-up"}
SYNCED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


async def a_synced_service(client: ApiClient, database: Database) -> str:
    content = {**SERVICE.content("Tune-up"), "vendorData": LINK}
    payload = await SERVICE.mutate(client, "create", content)
    service_id = str(payload["bookingService"]["id"])
    await database["booking_services"].update_one(
        {"_id": decode_id(EntityType.BOOKING_SERVICE, service_id)},
        {
            "$set": {
                "vendor_data.vendor_sync_status": "synced",
                "vendor_data.last_synced_at": SYNCED_AT,
            }
        },
    )
    return service_id


async def update(client: ApiClient, service_id: str, **patch: Any) -> Any:
    input_ = {"id": service_id, "expectedVersion": 1, **patch}
    return (await client.data(UPDATE, {"input": input_}))["updateBookingService"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, ("7", "Tune-up", "SYNCED")),
        ({"vendorData": {**LINK, "jobTypeName": "Annual"}}, ("7", "Annual", "SYNCED")),
        ({"vendorData": {**LINK, "jobTypeId": "8"}}, ("8", "Tune-up", "PENDING")),
    ],
)
async def test_service_stays_synced_until_it_is_linked_to_another_job_type(
    database: Database, patch: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    client = await an_organization()
    service_id = await a_synced_service(client, database)

    data = (await update(client, service_id, **patch))["bookingService"]["vendorData"]

    assert (data["jobTypeId"], data["jobTypeName"], data["vendorSyncStatus"]) == expected
    synced_at = "2026-03-01T08:00:00.000Z" if expected[2] == "SYNCED" else None
    assert data["lastSyncedAt"] == synced_at


async def test_link_is_taken_away_by_null(database: Database) -> None:
    client = await an_organization()
    service_id = await a_synced_service(client, database)

    assert (await update(client, service_id, vendorData=None))["bookingService"] == {
        "serviceContent": {"title": "Tune-up", "description": None, "icon": None},
        "vendorData": None,
    }


async def test_content_is_replaced_as_a_whole_and_judged_like_new_content(
    database: Database,
) -> None:
    client = await an_organization()
    content = {"title": "Tune-up", "description": "Once a year", "icon": "wrench"}
    payload = await SERVICE.mutate(client, "create", {"serviceContent": content})
    service_id = payload["bookingService"]["id"]

    refused = await update(
        client, service_id, serviceContent={"title": "x" * 201, "icon": "no-such-icon"}
    )
    replaced = await update(client, service_id, serviceContent={"title": "Checkup"})

    assert refused["userErrors"] == [
        {"code": "TOO_LONG", "path": ["input", "serviceContent", "title"]},
        {"code": "INVALID", "path": ["input", "serviceContent", "icon"]},
    ]
    assert replaced["bookingService"]["serviceContent"] == {
        "title": "Checkup",
        "description": None,
        "icon": None,
    }
