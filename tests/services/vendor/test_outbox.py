"""Bookings on their way to a vendor that misbehaves, and what is kept of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.documents.booking import Booking
from app.documents.driver import new_id
from app.documents.vendor_account import VendorAccount
from app.domain.booking import BookingStatus
from app.domain.vendor import VendorBookingStatus, VendorBookingSyncStatus
from app.domain.vendor_push import VendorPush
from app.services.vendor.access import NO_VENDOR, VendorAccess
from app.services.vendor.outbox import BOOKINGS_AT_ONCE, Outbox
from tests.services.vendor.bookings import (
    SPRING_SALE,
    Hands,
    a_booking_of,
    a_connected_place,
    a_due_booking,
    a_policy,
    an_outbox,
    now,
    outcomes,
    push_until_done,
    stored,
)
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")

SYNCED, PENDING, FAILED = (
    VendorBookingSyncStatus.SYNCED,
    VendorBookingSyncStatus.PENDING,
    VendorBookingSyncStatus.FAILED,
)


@pytest.fixture(autouse=True)
async def empty_outbox() -> None:
    """What another test left due must not be pushed by this one."""
    await Booking.get_motor_collection().delete_many({})


async def push(outbox: Outbox) -> dict[str, int]:
    return await outbox.push_due(stopped=asyncio.Event())


async def test_a_booking_arrives_with_everything_the_office_needs(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor, business_unit_id=31, campaign_id=32)
    booking = await a_due_booking(
        place, session_context=SPRING_SALE, zipcode="01963", confirmation_code="ABCD2345"
    )

    counts = await push(an_outbox(vendor))

    assert counts == {"synced_count": 1, "postponed_count": 0, "failed_count": 0}
    [there] = stand_in.bookings()
    assert there["externalId"] == booking.id
    assert (there["name"], there["businessUnitId"], there["campaignId"]) == ("Rosa Diaz", 31, 32)
    assert there["start"].startswith("2026-11-24T13:00:00")
    assert there["address"]["street"] == "12 Cliff St"
    assert [(each["type"], each["value"]) for each in there["contacts"]] == [
        ("Phone", "+17815550199")
    ]
    assert there["summary"].splitlines() == [
        "AC Repair",
        "Tuesday, November 24, 2026, 8:00 AM to 12:00 PM (America/New_York)",
        "Notes: Dog in the yard",
        "Property type: House",
        "Zip code: 01963",
        "Confirmation code: ABCD2345",
    ]
    [attribution] = stand_in.attributions()
    assert attribution["bookingId"] == there["id"]
    assert attribution["webSessionData"]["utmCampaign"] == "spring"
    after = await stored(booking)
    assert (after.vendor_sync_status, after.vendor_push) == (SYNCED, None)
    assert after.vendor_booking_id == str(there["id"])
    assert after.vendor_status is VendorBookingStatus.NEW
    assert outcomes(after) == ["created", "attributed"]


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("drop", {"commits": True}),
        ("status", {"status": 500, "commits": True}),
        ("html", {"commits": True}),
        ("half_body", {"commits": True}),
    ],
)
async def test_a_booking_that_arrived_without_an_answer_is_found_and_not_sent_again(
    stand_in: RunningStandIn, vendor: VendorAccess, kind: str, fault: dict[str, Any]
) -> None:
    place = await a_connected_place(vendor)
    booking = await a_due_booking(place)
    stand_in.fail(kind, route="create_booking", remaining=1, **fault)

    await push_until_done(an_outbox(vendor, settle_seconds=0.01), place.organization_id)

    assert outcomes(await stored(booking)) == ["uncertain", "found"]
    assert stand_in.calls("create_booking") == 1
    assert len(stand_in.bookings()) == 1


async def test_a_call_of_unknown_outcome_is_given_time_before_it_is_looked_up(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    hands = Hands(now())
    outbox = Outbox(access=vendor, policy=a_policy(settle_seconds=60), clock=hands)
    booking = await a_due_booking(await a_connected_place(vendor))
    stand_in.fail("drop", route="create_booking", remaining=1)

    await push(outbox)
    hands.move(seconds=59)
    await push(outbox)
    before = stand_in.calls("find_bookings")
    hands.move(seconds=8)
    await push(outbox)

    assert (before, stand_in.calls("find_bookings")) == (0, 1)
    # It was not there, so it was sent again.
    assert outcomes(await stored(booking)) == ["uncertain", "created"]
    assert len(stand_in.bookings()) == 1


async def test_a_lookup_that_fails_is_no_leave_to_send_again(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    other = await a_due_booking(place)
    await push(an_outbox(vendor))
    stand_in.turn(ignored_filters=["externalId"])
    booking = await a_due_booking(place, vendor_push=VendorPush(due_at=now(), is_in_doubt=True))

    await push(an_outbox(vendor))

    assert [each["externalId"] for each in stand_in.bookings()] == [other.id]
    assert set(outcomes(await stored(booking))) == {"uncertain"}
    assert (await stored(booking)).vendor_sync_status is PENDING


async def test_what_the_vendor_refuses_fails_at_once_and_says_why_without_the_customers_data(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    booking = await a_due_booking(await a_connected_place(vendor))
    stand_in.fail(
        "status",
        route="create_booking",
        status=400,
        errors={"name": ["rosa diaz of 12 Cliff St is blocked", "too long"]},
    )

    counts = await push(an_outbox(vendor))

    assert counts["failed_count"] == 1
    after = await stored(booking)
    assert (after.vendor_sync_status, after.vendor_push) == (FAILED, None)
    [attempt] = after.vendor_attempts
    assert attempt.outcome.value == "refused"
    assert "name: … of … is blocked; too long" in (attempt.detail or "")
    assert stand_in.calls("create_booking") == 1


async def test_a_booking_is_given_up_after_so_many_attempts_with_all_of_them_kept(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    booking = await a_due_booking(place)
    stand_in.fail("status", status=503, route="create_booking")

    await push_until_done(
        an_outbox(vendor, max_attempts=3, settle_seconds=0.01), place.organization_id
    )

    after = await stored(booking)
    assert after.vendor_sync_status is FAILED
    assert outcomes(after) == ["uncertain"] * 3


async def test_refused_credentials_make_it_wait_long_and_fail_nothing(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    booking = await a_due_booking(await a_connected_place(vendor))
    stand_in.turn(missing_scopes=["crm"])

    await push(an_outbox(vendor, access_backoff_seconds=600, backoff_max_seconds=3_600))

    after = await stored(booking)
    assert outcomes(after) == ["access_denied"]
    assert after.vendor_sync_status is PENDING
    assert after.vendor_push is not None
    assert after.vendor_push.due_at > now() + timedelta(minutes=4)
    assert not after.vendor_push.is_in_doubt


async def test_retry_after_holds_for_all_bookings_of_the_tenant_and_counts_for_none(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    stand_in.fail(
        "status", route="create_booking", status=429, headers={"Retry-After": "300"}, remaining=1
    )
    bookings = [await a_due_booking(place) for _ in range(30)]

    await push(an_outbox(vendor))

    after = [await stored(booking) for booking in bookings]
    waiting = [each.vendor_push for each in after if each.vendor_push is not None]
    # Those that were being told already when the vendor said so may get through.
    assert len(waiting) >= len(bookings) - BOOKINGS_AT_ONCE
    assert all(push.due_at > now() + timedelta(minutes=4) for push in waiting)
    assert {push.attempt_count for push in waiting} == {0}


async def test_one_cancelled_before_the_push_is_not_pushed(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    booking = await a_due_booking(place, status=BookingStatus.CANCELLED)

    await push(an_outbox(vendor))

    after = await stored(booking)
    assert (after.vendor_sync_status, after.vendor_push) == (None, None)
    assert outcomes(after) == ["cancelled"]
    assert stand_in.bookings() == []


async def test_a_cancelled_one_that_may_be_there_is_looked_up_all_the_same(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    booking = await a_due_booking(place)
    stand_in.fail("drop", route="create_booking", commits=True)
    await push(an_outbox(vendor, settle_seconds=0.01))
    await booking.set({"status": BookingStatus.CANCELLED.value})

    await push_until_done(an_outbox(vendor), place.organization_id)

    assert outcomes(await stored(booking)) == ["uncertain", "found"]
    assert (await stored(booking)).vendor_sync_status is SYNCED


async def test_a_booking_whose_account_is_gone_fails_until_an_admin_tries_again(
    vendor: VendorAccess,
) -> None:
    place = await a_connected_place(vendor)
    await VendorAccount.find({"organization_id": place.organization_id}).delete()
    booking = await a_due_booking(place)

    await push(an_outbox(vendor))

    after = await stored(booking)
    assert (after.vendor_sync_status, outcomes(after)) == (FAILED, ["not_connected"])


async def test_settings_without_a_vendor_keep_the_bookings_for_later(vendor: VendorAccess) -> None:
    place = await a_connected_place(vendor)
    booking = await a_due_booking(place)

    await push(an_outbox(NO_VENDOR))

    after = await stored(booking)
    assert (after.vendor_sync_status, outcomes(after)) == (PENDING, ["access_denied"])


async def test_attribution_that_is_refused_leaves_the_booking_synced(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    booking = await a_due_booking(place, session_context=SPRING_SALE)
    stand_in.fail("status", route="create_attribution", status=400)

    await push_until_done(an_outbox(vendor), place.organization_id)

    after = await stored(booking)
    assert (after.vendor_sync_status, outcomes(after)) == (SYNCED, ["created", "refused"])


async def test_bookings_without_an_account_are_never_due(vendor: VendorAccess) -> None:
    place = await a_connected_place(vendor)
    await a_booking_of(place, vendor_push=None, vendor_sync_status=None, id=new_id()).insert()

    assert await push(an_outbox(vendor)) == {
        "synced_count": 0,
        "postponed_count": 0,
        "failed_count": 0,
    }


async def test_a_customer_who_booked_before_is_no_first_time_client(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    for n, digests in enumerate((["phone"], ["mail", "phone"], ["other"], [])):
        at = now() + timedelta(seconds=n - 10)
        await a_due_booking(place, customer_digests=digests, created_at=at)

    await push_until_done(an_outbox(vendor), place.organization_id)

    there = sorted(stand_in.bookings(), key=lambda each: each["externalId"])
    assert [each["isFirstTimeClient"] for each in there] == [True, False, True, True]
