"""What the vendor says of bookings, by webhook and when asked, in whatever order it comes."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.documents.booking import Booking
from app.documents.driver import new_id
from app.documents.vendor_account import VendorAccount
from app.documents.vendor_status_poll import VendorStatusPoll
from app.domain.vendor import VendorBookingStatus
from app.services.vendor.access import VendorAccess
from app.services.vendor.polling import StatusPolling
from app.services.vendor.webhooks import webhook_key, webhook_path
from app.servicetitan.webhooks import BOOKING_UPDATED, sign
from app.transport.vendor_webhooks import MAX_BODY_BYTES, vendor_webhook_routes
from tests.services.vendor.accounts import store_account
from tests.services.vendor.bookings import (
    a_connected_place,
    a_due_booking,
    an_outbox,
    now,
    stored,
)
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")

CONVERTED, DISMISSED = VendorBookingStatus.CONVERTED, VendorBookingStatus.DISMISSED
MOMENT = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


@pytest.fixture(autouse=True)
async def nothing_else_due() -> None:
    await Booking.get_motor_collection().delete_many({})
    await VendorStatusPoll.get_motor_collection().delete_many({})
    await VendorAccount.get_motor_collection().delete_many({})


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=list(vendor_webhook_routes(signature_header="X-Signature")))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


async def a_pushed_booking(vendor: VendorAccess) -> Booking:
    booking = await a_due_booking(await a_connected_place(vendor))
    await an_outbox(vendor).push_due(stopped=asyncio.Event())
    return await stored(booking)


def said_of(booking: Booking, status: str, *, at: datetime, **changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": int(booking.vendor_booking_id or 0),
        "externalId": booking.id,
        "status": status,
        "modifiedOn": at.isoformat(),
    }
    return facts | changes


def an_event(data: Any, *, event_id: str | None = None) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": secrets.token_hex(4),
            "source": "vendor",
            "type": BOOKING_UPDATED,
            "userassignedid": event_id or secrets.token_hex(4),
            "data": data,
        }
    ).encode()


async def deliver(
    http: httpx.AsyncClient, account_id: str, body: bytes, *, key: str | None = None
) -> int:
    signature = sign(body, key=(key or await webhook_key(account_id)).encode())
    answer = await http.post(
        webhook_path(account_id), content=body, headers={"X-Signature": signature}
    )
    assert answer.content == b""
    return answer.status_code


async def account_of(booking: Booking) -> str:
    account = await VendorAccount.find_of(booking.organization_id)
    assert account is not None
    return account.id


async def test_events_out_of_order_leave_the_newest_state(
    vendor: VendorAccess, http: httpx.AsyncClient
) -> None:
    booking = await a_pushed_booking(vendor)
    account_id = await account_of(booking)
    later, earlier = MOMENT + timedelta(hours=1), MOMENT
    events = [
        an_event(said_of(booking, "Converted", at=later, jobId=88)),
        an_event(said_of(booking, "Dismissed", at=earlier)),
    ]

    codes = [await deliver(http, account_id, event) for event in events]

    after = await stored(booking)
    assert codes == [204, 204]
    assert (after.vendor_status, after.vendor_job_id) == (CONVERTED, "88")
    assert after.vendor_modified_on == later


async def test_a_repeated_event_is_accepted_and_changes_nothing(
    vendor: VendorAccess, http: httpx.AsyncClient
) -> None:
    booking = await a_pushed_booking(vendor)
    account_id = await account_of(booking)
    first = an_event(said_of(booking, "Converted", at=MOMENT), event_id="same")
    # Were it taken in, it would win for being newer.
    again = an_event(said_of(booking, "Dismissed", at=MOMENT + timedelta(days=1)), event_id="same")

    codes = [await deliver(http, account_id, event) for event in (first, again)]

    assert codes == [204, 204]
    assert (await stored(booking)).vendor_status is CONVERTED


async def test_a_wrong_signature_and_an_unknown_account_get_the_same_answer(
    vendor: VendorAccess, http: httpx.AsyncClient
) -> None:
    booking = await a_pushed_booking(vendor)
    account_id = await account_of(booking)
    other = await store_account(new_id())
    body = an_event(said_of(booking, "Dismissed", at=MOMENT))

    codes = {
        await deliver(http, account_id, body, key="guess"),
        await deliver(http, account_id, body, key=await webhook_key(other.id)),
        await deliver(http, new_id(), body),
        await deliver(http, "$ne", body),
        (await http.post(webhook_path(account_id), content=body)).status_code,
    }

    assert codes == {401}
    assert (await stored(booking)).vendor_status is VendorBookingStatus.NEW


async def test_another_organizations_webhook_cannot_touch_a_booking(
    vendor: VendorAccess, http: httpx.AsyncClient
) -> None:
    booking = await a_pushed_booking(vendor)
    other = await store_account(new_id())
    data = said_of(booking, "Dismissed", at=MOMENT + timedelta(days=400))

    code = await deliver(http, other.id, an_event(data))
    code_without_our_id = await deliver(http, other.id, an_event(data | {"externalId": None}))

    assert (code, code_without_our_id) == (204, 204)
    assert (await stored(booking)).vendor_status is VendorBookingStatus.NEW


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"specversion": "2.0"}', b"[" * 100_000])
async def test_a_signed_body_that_is_no_event_is_a_bad_request(
    http: httpx.AsyncClient, body: bytes
) -> None:
    account = await store_account(new_id())

    assert await deliver(http, account.id, body) == 400


@pytest.mark.parametrize(
    "data", [None, 5, {}, {"id": "x"}, {"id": 1}, {"id": 1, "externalId": {"$ne": None}}]
)
async def test_an_event_that_says_nothing_of_use_is_taken_and_changes_nothing(
    vendor: VendorAccess, http: httpx.AsyncClient, data: Any
) -> None:
    booking = await a_pushed_booking(vendor)

    assert await deliver(http, await account_of(booking), an_event(data)) == 204
    assert (await stored(booking)).vendor_status is VendorBookingStatus.NEW


async def test_a_body_that_is_too_long_is_not_read_to_its_end(http: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 65_536

    answer = await http.post(webhook_path(new_id()), content=endless())

    assert answer.status_code == 413
    assert read * 65_536 <= 2 * MAX_BODY_BYTES


async def test_news_of_an_accidental_copy_at_the_vendor_are_no_news_of_the_booking(
    vendor: VendorAccess, http: httpx.AsyncClient
) -> None:
    booking = await a_pushed_booking(vendor)
    copy = said_of(booking, "Dismissed", at=MOMENT + timedelta(days=1), id=5)

    await deliver(http, await account_of(booking), an_event(copy))

    assert (await stored(booking)).vendor_status is VendorBookingStatus.NEW


async def test_changes_are_found_by_asking_and_only_new_ones_later(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    booking, other = await a_pushed_booking(vendor), await a_pushed_booking(vendor)
    stand_in.change_booking(int(booking.vendor_booking_id or 0), "Dismissed")
    polling = StatusPolling(access=vendor, clock=now, interval=timedelta(minutes=5))
    moment = now()

    first = await polling.poll_due(now=moment, stopped=asyncio.Event())
    too_soon = await polling.poll_due(now=moment + timedelta(minutes=4), stopped=asyncio.Event())
    again = await polling.poll_due(now=moment + timedelta(minutes=6), stopped=asyncio.Event())

    assert (await stored(booking)).vendor_status is DISMISSED
    assert (await stored(other)).vendor_status is VendorBookingStatus.NEW
    assert (first["changed_count"], again["changed_count"]) == (1, 0)
    assert too_soon == {"changed_count": 0, "failed_count": 0}


async def test_a_poll_that_fails_is_made_up_for_by_the_next(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    booking = await a_pushed_booking(vendor)
    stand_in.change_booking(int(booking.vendor_booking_id or 0), "Converted")
    polling = StatusPolling(access=vendor, clock=now)
    stand_in.turn(missing_scopes=["crm"])
    moment = now()

    failed = await polling.poll_due(now=moment, stopped=asyncio.Event())
    stand_in.turn()
    await polling.poll_due(now=moment + timedelta(minutes=6), stopped=asyncio.Event())

    assert failed["failed_count"] > 0
    assert (await stored(booking)).vendor_status is CONVERTED
