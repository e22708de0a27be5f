"""`retryVendorBooking`, and who sees what of a booking's way to the vendor."""

from typing import Any

import pytest

from app.api.ids import EntityType, decode_id
from app.documents.audit_record import AuditRecord
from app.documents.booking import Booking
from app.documents.driver import new_id
from app.domain.access import Role
from app.domain.booking import VendorAttempt
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import PushOutcome
from app.services.vendor.webhooks import webhook_key
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import Office, an_office, organization_of
from tests.domain.booking_session.builders import ROSA
from tests.services.booking_sessions.builders import LATER
from tests.services.vendor.accounts import store_account

pytestmark = pytest.mark.usefixtures("database")

RETRY = """mutation ($input: RetryVendorBookingInput!) { retryVendorBooking(input: $input) {
  booking { vendorSyncStatus vendorAttempts { outcome } } userErrors { code path message }
} }"""
BOOKING = """query ($id: ID!) { booking(id: $id) {
  vendorSyncStatus vendorStatus vendorJobId vendorNotice vendorAttempts { outcome detail }
  answers { question answer } customer details zipcode consent { text isGiven recordedAt }
  sessionContext { url } } }"""
WEBHOOK = "{ vendorWebhook { url signingKey } }"


async def a_failed_booking(office: Office) -> str:
    """Return the global id of a booking that was given up."""
    _, booking_id = await office.a_booking()
    attempt = VendorAttempt(at=LATER, outcome=PushOutcome.REFUSED, detail="name: too long")
    await Booking.get_motor_collection().update_one(
        {"_id": decode_id(EntityType.BOOKING, booking_id)},
        {
            "$set": {
                "vendor_sync_status": VendorBookingSyncStatus.FAILED.value,
                "vendor_push": None,
                "vendor_attempts": [attempt.model_dump()],
            }
        },
    )
    return booking_id


async def retry(client: ApiClient, booking_id: str) -> Any:
    data = await client.data(RETRY, {"input": {"id": booking_id}})
    return data["retryVendorBooking"]


async def document(booking_id: str) -> Booking:
    found = await Booking.get(decode_id(EntityType.BOOKING, booking_id))
    assert found is not None
    return found


async def test_a_booking_that_was_given_up_is_due_again_and_the_request_is_audited() -> None:
    office = await an_office()
    booking_id = await a_failed_booking(office)

    payload = await retry(office.client, booking_id)

    assert payload == {
        "booking": {
            "vendorSyncStatus": "PENDING",
            "vendorAttempts": [{"outcome": "REFUSED"}, {"outcome": "RETRY_REQUESTED"}],
        },
        "userErrors": [],
    }
    push = (await document(booking_id)).vendor_push
    assert push is not None
    assert (push.is_in_doubt, push.attempt_count) == (True, 0)
    records = await AuditRecord.find({"mutation": "retryVendorBooking"}).to_list()
    assert [record.entity_id for record in records] == [decode_id(EntityType.BOOKING, booking_id)]


async def test_only_what_was_given_up_can_be_tried_again() -> None:
    office = await an_office()
    await store_account(organization_of(office.client))
    _, booking_id = await office.a_booking()
    before = await document(booking_id)

    payload = await retry(office.client, booking_id)

    [error] = payload["userErrors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "id"])
    assert error["message"].endswith("vendorSyncStatus is PENDING")
    assert await document(booking_id) == before


async def test_two_who_ask_at_once_restart_it_once() -> None:
    office = await an_office()
    booking_id = await a_failed_booking(office)

    first = await retry(office.client, booking_id)
    second = await retry(office.client, booking_id)

    assert (first["userErrors"], second["userErrors"][0]["code"]) == ([], "CONFLICT")


@pytest.mark.parametrize("kind", ["foreign", "unknown", "malformed"])
async def test_another_organizations_booking_is_not_there(kind: str) -> None:
    booking_id = await a_failed_booking(await an_office())
    stranger = await an_organization("Stranger")
    ids = {"foreign": booking_id, "unknown": new_id(), "malformed": "?"}

    payload = await retry(stranger, ids[kind])

    assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]
    status = (await document(booking_id)).vendor_sync_status
    assert status is VendorBookingSyncStatus.FAILED


async def test_an_analyst_and_a_customer_cannot_ask_for_it() -> None:
    office = await an_office()
    booking_id = await a_failed_booking(office)
    analyst = await an_organization(role=Role.ANALYST)
    customer = office.client.with_session((await document(booking_id)).booking_session_id)

    for client in (analyst, customer):
        answer = await client.execute(RETRY, {"input": {"id": booking_id}})
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_booking_tells_what_the_customer_told() -> None:
    office = await an_office()
    _, booking_id = await office.a_booking()

    booking = (await office.client.data(BOOKING, {"id": booking_id}))["booking"]

    assert booking["vendorSyncStatus"] is None
    # The builders' questions and services are not stored, as if they had been deleted.
    assert booking["answers"] == [
        {"question": None, "answer": "ac"},
        {"question": None, "answer": "no"},
        {"question": None, "answer": "old"},
    ]
    assert booking["customer"] == ROSA
    assert booking["zipcode"] == "01963"
    assert booking["consent"]["text"] == "You may text me."
    assert booking["consent"]["isGiven"] is True
    assert (booking["vendorStatus"], booking["vendorNotice"]) == (None, None)


async def test_what_is_changed_once_the_vendor_has_it_is_shown_to_the_office() -> None:
    office = await an_office()
    _, booking_id = await office.a_booking()
    booking = await document(booking_id)
    assert booking.timeslot is not None
    notices = []
    for changes in (
        {"vendor_booking_id": "77", "vendor_start": booking.timeslot.start_time},
        {"vendor_start": LATER},
        {"status": "cancelled"},
    ):
        await booking.get_motor_collection().update_one({"_id": booking.id}, {"$set": changes})
        shown = await office.client.data(BOOKING, {"id": booking_id})
        notices.append(shown["booking"]["vendorNotice"])

    assert notices == [None, "RESCHEDULED", "CANCELLED"]


async def test_the_webhook_is_shown_to_owners_of_connected_organizations_only() -> None:
    owner = await an_organization()
    without_account = (await owner.data(WEBHOOK))["vendorWebhook"]
    account = await store_account(organization_of(owner))

    shown = (await owner.data(WEBHOOK))["vendorWebhook"]

    assert without_account is None
    assert shown["url"].endswith(f"/vendor/webhooks/{account.id}")
    assert shown["signingKey"] == await webhook_key(account.id)
    editor = await an_organization(role=Role.EDITOR)
    answer = await editor.execute(WEBHOOK)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
