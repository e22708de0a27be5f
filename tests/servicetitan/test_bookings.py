import socket
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.servicetitan.errors import (
    AmbiguousOutcomeError,
    InvalidRequestError,
    NotFoundError,
    UnreachableError,
    UnreadableResponseError,
)
from app.servicetitan.payloads.attribution import NewWebBookingAttribution, WebSessionData
from app.servicetitan.payloads.bookings import (
    BookingAddress,
    ContactType,
    CustomerType,
    NewContact,
    VendorBooking,
    VendorBookingStatus,
)
from app.servicetitan.payloads.capacity import CapacityQuery
from tests.servicetitan.builders import a_booking, a_client
from tests.servicetitan.running_stand_in import PROVIDER_ID, RunningStandIn


async def test_booking_arrives_with_everything_that_was_given(stand_in: RunningStandIn) -> None:
    booking = a_booking(
        address=BookingAddress(
            street="1 Main St", city="Austin", state="TX", zip="78701", country="USA"
        ),
        contacts=(NewContact(type=ContactType.PHONE, value="+15125550100"),),
        customer_type=CustomerType.RESIDENTIAL,
        start=datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=-6))),
        job_type_id=5501,
    )
    async with a_client(stand_in) as client:
        created = await client.create_booking(PROVIDER_ID, booking)
        contacts = await client.get_booking_contacts(created.id)
    assert (created.status, created.booking_provider_id) == (VendorBookingStatus.NEW, PROVIDER_ID)
    assert [(contact.type, contact.value) for contact in contacts] == [("Phone", "+15125550100")]
    (stored,) = stand_in.bookings()
    assert stored["address"]["zip"] == "78701"
    assert stored["jobTypeId"] == 5501
    assert datetime.fromisoformat(stored["start"]) == datetime(2026, 3, 2, 14, tzinfo=UTC)


AMBIGUOUS = [
    ("drop", {"commits": True}, 1),
    ("drop", {"commits": False}, 0),
    ("status", {"status": 500, "commits": True}, 1),
    ("status", {"status": 503, "commits": False}, 0),
    ("html", {"commits": True}, 1),
    ("empty", {"commits": True}, 1),
    ("half_body", {"commits": True}, 1),
    ("latency", {"commits": True, "seconds": 1.5}, 1),
]


@pytest.mark.parametrize(("kind", "fault", "count"), AMBIGUOUS)
async def test_create_of_unknown_outcome_is_not_repeated_and_can_be_looked_up(
    stand_in: RunningStandIn, kind: str, fault: dict[str, Any], count: int
) -> None:
    stand_in.fail(kind, route="create_booking", **fault)
    booking = a_booking()
    async with a_client(stand_in, call_timeout_seconds=1) as client:
        with pytest.raises(AmbiguousOutcomeError):
            await client.create_booking(PROVIDER_ID, booking)
        found = await client.find_bookings(booking.external_id)
    assert stand_in.calls("create_booking") == 1
    assert [each.external_id for each in found] == [booking.external_id] * count


async def test_create_that_was_rate_limited_is_repeated(stand_in: RunningStandIn) -> None:
    stand_in.fail("status", status=429, headers={"Retry-After": "0"}, remaining=2)
    async with a_client(stand_in) as client:
        with_token = stand_in.calls("token")
        await client.create_booking(PROVIDER_ID, a_booking())
    assert with_token == 0
    assert len(stand_in.bookings()) == 1


async def test_refused_booking_names_the_fields_and_is_not_repeated(
    stand_in: RunningStandIn,
) -> None:
    async with a_client(stand_in) as client:
        with pytest.raises(InvalidRequestError) as raised:
            await client.create_booking(PROVIDER_ID, a_booking(summary=""))
    assert raised.value.status == 400
    assert set(raised.value.field_errors) == {"summary"}
    assert raised.value.trace_id is not None
    assert stand_in.calls("create_booking") == 1
    assert stand_in.bookings() == []


async def test_vendor_that_cannot_be_reached_leaves_no_doubt(stand_in: RunningStandIn) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with a_client(stand_in, api_url=closed) as client:
            with pytest.raises(UnreachableError):
                await client.create_booking(PROVIDER_ID, a_booking())


async def test_booking_created_twice_is_found_twice_oldest_first(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in) as client:
        first = await client.create_booking(PROVIDER_ID, a_booking())
        second = await client.create_booking(PROVIDER_ID, a_booking())
        await client.create_booking(PROVIDER_ID, a_booking(external_id="another"))
        found = await client.find_bookings(a_booking().external_id)
    assert [booking.id for booking in found] == [first.id, second.id]


async def test_lookup_refuses_to_guess_when_the_vendor_ignores_the_filter(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(ignored_filters=["externalId"])
    async with a_client(stand_in) as client:
        await client.create_booking(PROVIDER_ID, a_booking(external_id="another"))
        with pytest.raises(UnreadableResponseError):
            await client.find_bookings(a_booking().external_id)


async def test_changed_bookings_can_be_followed(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in) as client:
        kept = await client.create_booking(PROVIDER_ID, a_booking(external_id="kept"))
        changed = await client.create_booking(PROVIDER_ID, a_booking(external_id="changed"))
        assert kept.modified_on is not None
        stand_in.change_booking(changed.id, "Dismissed")
        since = kept.modified_on + timedelta(milliseconds=1)
        pages = [page async for page in client.iterate_bookings(modified_on_or_after=since)]
    rows = [(row.external_id, row.status) for page in pages for row in page.data]
    assert ("changed", VendorBookingStatus.DISMISSED) in rows


def test_status_the_vendor_added_since_is_read_as_other() -> None:
    booking = VendorBooking.model_validate_json('{"id": 1, "status": "Rescheduled", "new": 1}')
    assert booking.status is VendorBookingStatus.OTHER


async def test_contacts_of_an_unknown_booking_are_not_found(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in) as client:
        with pytest.raises(NotFoundError):
            await client.get_booking_contacts(1)


async def test_attribution_reaches_the_vendor(stand_in: RunningStandIn) -> None:
    session = WebSessionData(landing_page_url="https://harbor.example/", utm_source="google")
    async with a_client(stand_in) as client:
        booking = await client.create_booking(PROVIDER_ID, a_booking())
        await client.create_web_booking_attribution(
            NewWebBookingAttribution(booking_id=booking.id, web_session_data=session)
        )
    (stored,) = stand_in.attributions()
    assert stored["bookingId"] == booking.id
    assert stored["webSessionData"]["landingPageUrl"] == "https://harbor.example/"
    assert stored["webSessionData"]["utmSource"] == "google"


async def test_capacity_is_read_in_utc_and_may_be_empty(stand_in: RunningStandIn) -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    query = CapacityQuery(starts_on_or_after=day, ends_on_or_before=day + timedelta(days=1))
    async with a_client(stand_in) as client:
        windows = (await client.get_capacity(query)).availabilities
        stand_in.turn(is_capacity_empty=True)
        empty = (await client.get_capacity(query)).availabilities
    assert [(each.start_utc - day, each.end_utc - day) for each in windows] == [
        (timedelta(hours=start), timedelta(hours=start + 4)) for start in (8, 12, 16)
    ]
    assert empty == ()
