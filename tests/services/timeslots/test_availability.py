"""Which times are shown: what is free here, and what the vendor's calendar has room for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.access import Credential, OrganizationCredential, Role, SessionCredential
from app.domain.booking import Timeslot as Span
from app.domain.booking_flow.steps import TimeslotSelectionStep
from app.domain.vendor_account import CapacityOutagePolicy
from app.domain.vendor_capacity import UnavailabilityReason, VendorRoom
from app.services.timeslots.availability import (
    Availability,
    AvailabilityQuestion,
    find_availability,
)
from app.services.timeslots.vendor_capacity import CapacityDesk, CapacityQuestion
from app.services.vendor.access import NO_VENDOR, VendorAccess
from tests.domain.booking_session.builders import SLOT, chose_time
from tests.services.booking_sessions.builders import LATER, Customer, Place, a_customer, a_place
from tests.services.timeslots.visits import (
    AFTERNOON,
    MORNING,
    UP_TO_TIME,
    a_booked_customer,
)
from tests.services.vendor.accounts import an_access, connect
from tests.servicetitan.builders import Clock
from tests.servicetitan.conftest import shared_stand_in, stand_in
from tests.servicetitan.running_stand_in import RunningStandIn

__all__ = ["shared_stand_in", "stand_in"]
pytestmark = pytest.mark.usefixtures("database")

TUESDAY = date(2026, 11, 24)


@pytest_asyncio.fixture
async def vendor(stand_in: RunningStandIn, tmp_path: Path) -> AsyncIterator[VendorAccess]:
    async with an_access(stand_in, data_dir=tmp_path, attempts=1) as access:
        yield access


def a_question(place: Place, customer: Customer | None = None) -> AvailabilityQuestion:
    step = place.flow.timeslot_step
    assert isinstance(step, TimeslotSelectionStep)
    credential: Credential = OrganizationCredential(
        organization_id=place.organization_id, api_key_id="a" * 24, role=Role.ANALYST
    )
    if customer is not None:
        credential = SessionCredential(
            organization_id=place.organization_id, booking_session_id=customer.session_id
        )
    return AvailabilityQuestion(
        step=step, credential=credential, start_date=TUESDAY, end_date=TUESDAY, now=LATER
    )


async def availability(
    place: Place, customer: Customer | None = None, *, vendor: VendorAccess = NO_VENDOR
) -> Availability:
    found = await find_availability(a_question(place, customer), vendor=vendor)
    assert isinstance(found, Availability)
    return found


async def rooms(
    place: Place, customer: Customer | None = None, *, vendor: VendorAccess = NO_VENDOR
) -> dict[datetime, int | None]:
    """Return the remaining capacity by start of the windows shown."""
    found = await availability(place, customer, vendor=vendor)
    return {slot.start_time: slot.remaining_capacity for slot in found.timeslots}


async def test_booked_places_are_missing_from_the_first_window_on() -> None:
    place = await a_place(capacity=2)
    await a_booked_customer(place)

    assert await rooms(place) == {MORNING[0]: 1, AFTERNOON[0]: 2}
    await a_booked_customer(place)
    assert await rooms(place) == {AFTERNOON[0]: 2}


async def test_a_held_place_is_missing_for_everybody_but_its_holder() -> None:
    place = await a_place(capacity=1, hold_minutes=10)
    holder, other = [await a_customer(*UP_TO_TIME, place=place) for _ in range(2)]
    await holder.record(chose_time())

    assert await rooms(place, other) == {AFTERNOON[0]: 1}
    assert await rooms(place) == {AFTERNOON[0]: 1}
    assert await rooms(place, holder) == {MORNING[0]: 1, AFTERNOON[0]: 1}


async def test_a_lapsed_hold_is_not_missing_though_it_is_stored() -> None:
    place = await a_place(capacity=1, hold_minutes=10)
    holder = await a_customer(*UP_TO_TIME, place=place)
    await holder.record(chose_time(), now=LATER - timedelta(minutes=10))

    assert await rooms(place) == {MORNING[0]: 1, AFTERNOON[0]: 1}


async def test_looking_frees_what_a_dead_change_left_in_doubt() -> None:
    place = await a_place(capacity=1)
    customer, _ = await a_booked_customer(place)
    await TimeslotReservation.get_motor_collection().update_one(
        {"booking_session_id": customer.session_id},
        {
            "$set": {
                "start_time": AFTERNOON[0],
                "change_id": "c" * 24,
                "in_doubt_since": LATER - timedelta(minutes=2),
            }
        },
    )

    assert AFTERNOON[0] in await rooms(place)


# The stand-in's technicians have time from 8:00 to 20:00 UTC: in the mornings of this calendar.


async def test_only_windows_the_vendor_has_room_for_are_shown(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_place(capacity=2)
    await connect(vendor, place.organization_id, capacity_enabled=True)

    shown = await rooms(place, vendor=vendor)

    assert shown == {MORNING[0]: 2}
    assert await rooms(place, vendor=vendor) == shown
    assert stand_in.calls("capacity") == 1


async def test_a_vendor_without_any_room_leaves_nothing_to_show(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_place(capacity=2)
    await connect(vendor, place.organization_id, capacity_enabled=True)
    stand_in.turn(is_capacity_empty=True)

    assert await availability(place, vendor=vendor) == Availability()


async def test_the_vendor_is_not_asked_when_its_account_does_not_say_so(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_place(capacity=2)
    await connect(vendor, place.organization_id, capacity_enabled=False)

    assert await rooms(place, vendor=vendor) == {MORNING[0]: 2, AFTERNOON[0]: 2}
    assert stand_in.calls("capacity") == 0


@pytest.mark.parametrize("kind", ["status", "html", "drop", "half_body"])
async def test_while_the_vendor_is_down_the_policy_decides(
    stand_in: RunningStandIn, vendor: VendorAccess, kind: str
) -> None:
    stand_in.fail(kind)
    shown = []
    for policy in CapacityOutagePolicy:
        place = await a_place(capacity=2)
        await connect(
            vendor, place.organization_id, capacity_enabled=True, capacity_outage_policy=policy
        )
        shown.append(await availability(place, vendor=vendor))

    assert [len(each.timeslots) for each in shown] == [2, 0]
    assert [each.unavailable_because for each in shown] == [
        None,
        UnavailabilityReason.VENDOR_UNREACHABLE,
    ]


async def test_an_account_that_cannot_be_opened_counts_as_down(vendor: VendorAccess) -> None:
    place = await a_place(capacity=2)
    await connect(
        vendor, place.organization_id, capacity_enabled=True, sealed_credentials="garbage"
    )

    assert await rooms(place, vendor=vendor) == {MORNING[0]: 2, AFTERNOON[0]: 2}


def a_capacity_question(place: Place, day: int = 0) -> CapacityQuestion:
    start = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(days=day)
    return CapacityQuestion(
        organization_id=place.organization_id,
        starts_from=start,
        ends_by=start + timedelta(days=1),
    )


async def test_a_slow_vendor_keeps_nobody_waiting_and_serves_those_who_come_later(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_place()
    await connect(vendor, place.organization_id)
    stand_in.fail("latency", route="capacity", seconds=0.6)
    desk = CapacityDesk(vendor, deadline_seconds=0.05)
    question = a_capacity_question(place)
    began = asyncio.get_running_loop().time()

    answers = await asyncio.gather(*(desk.ask(question) for _ in range(20)))
    waited = asyncio.get_running_loop().time() - began
    await asyncio.sleep(0.8)

    assert answers == [None] * 20
    assert waited < 0.5
    room = await desk.ask(question)
    assert room is not None
    assert room.covers(*SLOT)
    assert stand_in.calls("capacity") == 1


async def test_an_answer_is_kept_for_a_minute_and_a_failure_for_ten_seconds(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_place()
    await connect(vendor, place.organization_id)
    clock = Clock()
    desk = CapacityDesk(vendor, clock=clock)
    calls = []
    for fault, wait in (("", 59), ("", 2), ("status", 9), ("status", 2)):
        stand_in.turn(faults=[{"kind": fault, "route": "capacity"}] if fault else [])
        await desk.ask(a_capacity_question(place, day=1 if fault else 0))
        calls.append(stand_in.calls("capacity"))
        clock.now += wait

    stand_in.turn()
    await desk.ask(a_capacity_question(place))
    await desk.ask(a_capacity_question(place, day=1))

    assert calls == [1, 1, 2, 2]
    assert stand_in.calls("capacity") == 4


def test_a_slot_needs_time_for_its_whole_length() -> None:
    def span(first: int, last: int) -> Span:
        return Span(start_time=SLOT[0].replace(hour=first), end_time=SLOT[0].replace(hour=last))

    room = VendorRoom.of([span(15, 17), span(8, 12), span(12, 14), span(9, 10)])

    assert room.spans == (span(8, 14), span(15, 17))
    asked = [(8, 14), (10, 13), (13, 16), (14, 15), (15, 17), (16, 18)]
    assert [room.covers(*span(*hours).model_dump().values()) for hours in asked] == [
        *(True, True, False, False, True, False),
    ]
