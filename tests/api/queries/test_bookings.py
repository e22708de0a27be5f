"""The list of bookings as the admin app reads it."""

from datetime import timedelta
from typing import Any

import pytest

from app.api.ids import EntityType, decode_id
from app.api.scalars import serialize_datetime
from app.documents.booking import Booking
from app.documents.driver import CommandCounter
from app.domain.booking import VendorAttempt
from tests.api.sessions import Office, an_office
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import SLOT
from tests.services.booking_sessions.builders import LATER

pytestmark = pytest.mark.usefixtures("database")

BOOKINGS = load_operations("admin.graphql")["Bookings"]
BOOKING = "query ($id: ID!) { booking(id: $id) { id confirmationCode } }"


async def list_bookings(office: Office, **variables: Any) -> list[dict[str, Any]]:
    data = await office.client.data(BOOKINGS, {"first": 20, **variables})
    nodes: list[dict[str, Any]] = data["bookings"]["nodes"]
    return nodes


async def ids(office: Office, **filter_: Any) -> set[str]:
    return {node["id"] for node in await list_bookings(office, filter=filter_)}


async def change(booking_id: str, **changes: Any) -> None:
    await Booking.get_motor_collection().update_one(
        {"_id": decode_id(EntityType.BOOKING, booking_id)}, {"$set": changes}
    )


async def test_a_booking_shows_its_way_to_the_vendor() -> None:
    office = await an_office()
    _, booking_id = await office.a_booking()
    attempts = [
        VendorAttempt(at=LATER, outcome="not_sent", detail="503").model_dump(),
        VendorAttempt(at=LATER + timedelta(seconds=9), outcome="created").model_dump(),
    ]
    await change(
        booking_id, vendor_sync_status="synced", vendor_booking_id="77", vendor_attempts=attempts
    )

    [node] = await list_bookings(office)

    assert len(node.pop("confirmationCode")) == 8
    assert node == {
        "id": booking_id,
        "createdAt": serialize_datetime(LATER),
        "service": None,
        "timeslot": {
            "startTime": serialize_datetime(SLOT[0]),
            "endTime": serialize_datetime(SLOT[1]),
        },
        "vendorSyncStatus": "SYNCED",
        "vendorBookingId": "77",
        "vendorAttempts": [
            {"at": serialize_datetime(LATER), "outcome": "NOT_SENT", "detail": "503"},
            {
                "at": serialize_datetime(LATER + timedelta(seconds=9)),
                "outcome": "CREATED",
                "detail": None,
            },
        ],
    }


async def test_bookings_are_listed_from_the_newest_on_and_filtered() -> None:
    office = await an_office()
    booked = [(await office.a_booking())[1] for _ in range(3)]
    for n, booking_id in enumerate(booked):
        await change(booking_id, created_at=LATER + timedelta(hours=n))
    await change(booked[1], vendor_sync_status="failed", confirmation_code="ABCD2345")
    second, third = (serialize_datetime(LATER + timedelta(hours=n)) for n in (1, 2))

    assert [node["id"] for node in await list_bookings(office)] == booked[::-1]
    assert await ids(office, vendorSyncStatus="FAILED") == {booked[1]}
    assert await ids(office, createdFrom=second, createdTo=third) == {booked[1]}
    assert await ids(office, confirmationCode=" abcd 2345") == {booked[1]}
    assert await ids(office, confirmationCode="ABCD234") == set()
    assert await ids(office, confirmationCode="ABCD2345", vendorSyncStatus="SYNCED") == set()


async def test_another_organization_finds_no_booking_however_it_asks() -> None:
    office, stranger = await an_office(), await an_office("Other")
    _, booking_id = await office.a_booking()
    own = (await office.client.data(BOOKING, {"id": booking_id}))["booking"]

    foreign = await stranger.client.data(BOOKING, {"id": booking_id})
    malformed = await stranger.client.data(BOOKING, {"id": "nonsense"})

    assert own["id"] == booking_id
    assert foreign == malformed == {"booking": None}
    assert await ids(stranger, confirmationCode=own["confirmationCode"]) == set()


async def test_a_session_token_reads_no_booking_of_its_own_by_this_way() -> None:
    office = await an_office()
    customer, booking_id = await office.a_booking()
    client = office.client.with_session(customer.session_id)

    for query, variables in ((BOOKINGS, {"first": 1}), (BOOKING, {"id": booking_id})):
        answer = await client.execute(query, variables)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_commands_are_the_same_for_one_booking_and_for_many(
    command_counter: CommandCounter,
) -> None:
    office = await an_office()
    for _ in range(3):
        await office.a_booking()
    office.client.now = LATER

    for first in (1, 2):
        with command_counter.counting() as commands:
            await list_bookings(office, first=first)
        assert sorted(commands) == ["find booking_services", "find bookings"]
