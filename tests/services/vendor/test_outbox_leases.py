"""Several workers and one outbox: who may tell the vendor, and who may say that it was told."""

import asyncio

import pytest

from app.documents.booking import Booking
from app.documents.booking_push import DUE_AT, claim, due_query
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.vendor import VendorBookingSyncStatus
from app.services.vendor.access import VendorAccess
from app.services.vendor.outbox import Outbox
from app.services.vendor.telling import LeaseLostError, Teller
from tests.conftest import Forgotten
from tests.services.vendor.bookings import (
    Hands,
    a_connected_place,
    a_due_booking,
    a_policy,
    an_outbox,
    now,
    outcomes,
    stored,
)
from tests.servicetitan.running_stand_in import RunningStandIn

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def empty_outbox() -> None:
    await Booking.get_motor_collection().delete_many({})


async def wait_for_a_booking(stand_in: RunningStandIn) -> None:
    while not stand_in.bookings():  # noqa: ASYNC110 - the stand-in is another thread.
        await asyncio.sleep(0.02)


async def test_workers_side_by_side_send_each_booking_once(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    bookings = [await a_due_booking(place) for _ in range(40)]

    counts = await asyncio.gather(
        *(an_outbox(vendor).push_due(stopped=asyncio.Event()) for _ in range(3))
    )

    assert sum(count["synced_count"] for count in counts) == 40
    assert stand_in.calls("create_booking") == 40
    assert {each["externalId"] for each in stand_in.bookings()} == {each.id for each in bookings}


async def test_a_worker_that_slept_through_its_lease_can_neither_send_nor_say_anything(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    hands = Hands(now())
    policy = a_policy()
    booking = await a_due_booking(await a_connected_place(vendor))
    slept = await claim(
        booking.id, now=hands.at, lease_id="slept", lease_until=hands.at + policy.lease
    )
    assert slept is not None
    hands.move(seconds=policy.lease.total_seconds() + 1)
    await Outbox(access=vendor, policy=policy, clock=hands).push_due(stopped=asyncio.Event())

    with pytest.raises(LeaseLostError):
        await Teller(access=vendor, policy=policy, clock=hands).try_once(slept)

    assert stand_in.calls("create_booking") == 1
    assert outcomes(await stored(booking)) == ["interrupted", "created"]


async def test_a_worker_thought_dead_in_the_middle_of_its_call_sends_nothing_twice(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    hands = Hands(now())
    outbox = Outbox(access=vendor, policy=a_policy(), clock=hands)
    booking = await a_due_booking(await a_connected_place(vendor))
    stand_in.fail("latency", route="create_booking", commits=True, seconds=1.5, remaining=1)
    slow = asyncio.create_task(outbox.push_due(stopped=asyncio.Event()))
    await wait_for_a_booking(stand_in)

    hands.move(seconds=outbox.policy.lease.total_seconds() + 1)
    await outbox.push_due(stopped=asyncio.Event())
    took_over = await stored(booking)
    counted = await slow

    assert outcomes(took_over) == ["interrupted", "found"]
    assert took_over.vendor_sync_status is VendorBookingSyncStatus.SYNCED
    # What the slow one learned in the end changes nothing.
    assert counted["synced_count"] == 0
    assert outcomes(await stored(booking)) == ["interrupted", "found"]
    assert len(stand_in.bookings()) == 1


async def test_a_booking_that_ends_every_worker_is_given_up(vendor: VendorAccess) -> None:
    hands = Hands(now())
    policy = a_policy(max_attempts=3)
    booking = await a_due_booking(await a_connected_place(vendor), booking_flow_revision_id=None)
    outbox = Outbox(access=vendor, policy=policy, clock=hands)

    for _ in range(4):
        await outbox.push_due(stopped=asyncio.Event())
        hands.move(seconds=policy.lease.total_seconds() + 1)

    after = await stored(booking)
    assert after.vendor_sync_status is VendorBookingSyncStatus.FAILED
    assert outcomes(after) == ["interrupted"] * 3


async def test_a_slow_call_keeps_no_other_booking_waiting(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    place = await a_connected_place(vendor)
    await a_due_booking(place)
    stand_in.fail("latency", route="create_booking", commits=True, seconds=4, remaining=1)
    worker = asyncio.create_task(an_outbox(vendor).push_due(stopped=asyncio.Event()))
    await wait_for_a_booking(stand_in)

    later = await a_due_booking(place)
    while (await stored(later)).vendor_sync_status is not VendorBookingSyncStatus.SYNCED:
        assert not worker.done()
        await asyncio.sleep(0.02)

    assert (await worker)["synced_count"] == 2


async def test_a_worker_told_to_stop_claims_nothing(
    stand_in: RunningStandIn, vendor: VendorAccess
) -> None:
    booking = await a_due_booking(await a_connected_place(vendor))
    stopped = asyncio.Event()
    stopped.set()

    await an_outbox(vendor).push_due(stopped=stopped)

    assert (await stored(booking)).vendor_push == booking.vendor_push
    assert stand_in.bookings() == []


async def test_what_is_due_is_found_by_an_index() -> None:
    plan = await Booking.get_motor_collection().find(due_query(now())).sort(DUE_AT, 1).explain()

    assert "IXSCAN" in str(plan)
    assert "push_due" in str(plan)


async def test_bookings_that_fail_together_are_all_looked_at(
    vendor: VendorAccess, monkeypatch: pytest.MonkeyPatch, forgotten: Forgotten
) -> None:
    place = await a_connected_place(vendor)
    for _ in range(3):
        await a_due_booking(place)

    async def lose_the_database(*_: object) -> str:
        raise UNAVAILABLE_ERRORS[0]

    monkeypatch.setattr(Outbox, "_push", lose_the_database)
    with pytest.raises(UNAVAILABLE_ERRORS):
        await an_outbox(vendor).push_due(stopped=asyncio.Event())

    assert await forgotten() == []
