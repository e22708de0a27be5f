"""Moving and cancelling a booking, as the office and as its customer."""

from datetime import datetime
from typing import Any

import pytest

from app.api.ids import EntityType, decode_id, encode_id
from app.api.scalars import serialize_datetime
from app.documents.audit_record import AuditRecord
from app.documents.booking import Booking
from app.domain.access import Role
from app.services.audit import read_snapshot
from tests.api.client import ApiClient
from tests.api.sessions import Office, an_office
from tests.services.booking_sessions.builders import LATER, Customer
from tests.services.timeslots.visits import AFTERNOON, MORNING, Slot

pytestmark = pytest.mark.usefixtures("database")

BOOKING = """
  booking {
    id status timeslot { startTime endTime }
    changes { at changedBy reason oldTimeslot { startTime } newTimeslot { startTime } }
  }
  userErrors { code message path }
"""
RESCHEDULE = f"""mutation ($input: RescheduleBookingInput!) {{
  rescheduleBooking(input: $input) {{ {BOOKING} }}
}}"""
CANCEL = (
    f"mutation ($input: CancelBookingInput!) {{ cancelBooking(input: $input) {{ {BOOKING} }} }}"
)


def at(moment: datetime) -> str:
    return serialize_datetime(moment)


async def reschedule(
    client: ApiClient, booking_id: str, slot: Slot = AFTERNOON, **fields: Any
) -> dict[str, Any]:
    client.now = client.now or LATER
    times = {"startTime": at(slot[0]), "endTime": at(slot[1])}
    data = await client.data(RESCHEDULE, {"input": {"id": booking_id, **times, **fields}})
    payload: dict[str, Any] = data["rescheduleBooking"]
    return payload


async def cancel(client: ApiClient, booking_id: str, **fields: Any) -> dict[str, Any]:
    client.now = client.now or LATER
    data = await client.data(CANCEL, {"input": {"id": booking_id, **fields}})
    payload: dict[str, Any] = data["cancelBooking"]
    return payload


def codes(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    assert payload["booking"] is None
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def a_customers_booking() -> tuple[Office, Customer, str]:
    office = await an_office()
    customer, booking_id = await office.a_booking()
    return office, customer, booking_id


async def test_the_customer_moves_their_own_visit_and_then_cancels_it() -> None:
    office, customer, booking_id = await a_customers_booking()
    client = office.client.with_session(customer.session_id)

    moved = await reschedule(client, booking_id, reason="  Dentist ")
    cancelled = await cancel(client, booking_id)

    assert moved["userErrors"] == cancelled["userErrors"] == []
    assert (moved["booking"]["status"], cancelled["booking"]["status"]) == (
        *("RESCHEDULED", "CANCELLED"),
    )
    assert moved["booking"]["timeslot"] == {
        "startTime": at(AFTERNOON[0]),
        "endTime": at(AFTERNOON[1]),
    }
    assert cancelled["booking"]["changes"] == [
        {
            "at": at(LATER),
            "changedBy": "CUSTOMER",
            "reason": "Dentist",
            "oldTimeslot": {"startTime": at(MORNING[0])},
            "newTimeslot": {"startTime": at(AFTERNOON[0])},
        },
        {
            "at": at(LATER),
            "changedBy": "CUSTOMER",
            "reason": None,
            "oldTimeslot": {"startTime": at(AFTERNOON[0])},
            "newTimeslot": None,
        },
    ]


async def test_an_editors_change_is_audited_without_personal_data() -> None:
    office, _, booking_id = await a_customers_booking()

    await reschedule(office.client, booking_id)
    await reschedule(office.client, booking_id)
    refused = await reschedule(office.client, booking_id, (MORNING[0], AFTERNOON[1]))

    records = await AuditRecord.find(
        {"organization_id": office.place.organization_id, "entity_type": "booking"}
    ).to_list()
    assert [record.mutation for record in records] == ["rescheduleBooking"]
    before, after = [await read_snapshot(each) for each in (records[0].before, records[0].after)]
    assert (before["status"], after["status"]) == ("confirmed", "rescheduled")
    assert before.keys() == after.keys() == {"confirmation_code", "status", "timeslot"}
    assert codes(refused) == [("TIMESLOT_UNAVAILABLE", ["input", "startTime"])]


async def test_a_closed_booking_says_so() -> None:
    office, _, booking_id = await a_customers_booking()
    await cancel(office.client, booking_id)

    closed = ("BOOKING_CLOSED", ["input", "id"])
    assert codes(await reschedule(office.client, booking_id)) == [closed]
    assert (await cancel(office.client, booking_id))["userErrors"] == []


async def test_an_analyst_and_a_stranger_change_nothing() -> None:
    office, _, booking_id = await a_customers_booking()
    stranger = await office.a_customer()
    analyst = ApiClient(office.client.credential.model_copy(update={"role": Role.ANALYST}))
    foreign = (await an_office()).client

    answer = await analyst.execute(CANCEL, {"input": {"id": booking_id}})
    not_found = ("NOT_FOUND", ["input", "id"])
    for client in (office.client.with_session(stranger.session_id), foreign):
        assert codes(await cancel(client, booking_id)) == [not_found]
        assert codes(await reschedule(client, booking_id)) == [not_found]

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    booking = await Booking.get(decode_id(EntityType.BOOKING, booking_id) or "")
    assert booking is not None
    assert booking.changes == []


@pytest.mark.parametrize("booking_id", ["nonsense", encode_id(EntityType.BOOKING, "f" * 24)])
async def test_an_id_of_nothing_is_not_found(booking_id: str) -> None:
    office = await an_office()

    assert codes(await cancel(office.client, booking_id)) == [("NOT_FOUND", ["input", "id"])]
    assert codes(await reschedule(office.client, booking_id)) == [("NOT_FOUND", ["input", "id"])]


async def test_every_problem_of_an_input_is_named() -> None:
    office = await an_office()

    refused = await reschedule(office.client, "nonsense", reason="x" * 501)

    assert sorted(codes(refused)) == [
        ("NOT_FOUND", ["input", "id"]),
        ("TOO_LONG", ["input", "reason"]),
    ]


async def test_cancelled_bookings_can_be_listed() -> None:
    office, _, booking_id = await a_customers_booking()
    await office.a_booking()
    await cancel(office.client, booking_id)

    data = await office.client.data(
        "{ bookings(filter: {status: CANCELLED}) { nodes { id status } } }"
    )

    assert data["bookings"]["nodes"] == [{"id": booking_id, "status": "CANCELLED"}]
