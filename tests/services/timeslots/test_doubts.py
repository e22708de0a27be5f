"""Whatever dies in the middle, places follow the bookings again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.documents.booking import Booking
from app.documents.driver import new_id
from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.access import OrganizationCredential, Role
from app.domain.booking import BookingChange, BookingChanger, BookingStatus
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.refusal import Refused
from app.services.booking_sessions import complete
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.bookings import changing, reschedule
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.changing import Changer
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from app.services.timeslots.doubts import settle_doubts
from tests.domain.booking_session.builders import chose_time
from tests.services.booking_sessions.builders import (
    LATER,
    Customer,
    Place,
    a_customer,
    a_place,
)
from tests.services.timeslots.visits import (
    AFTER_TIME,
    AFTERNOON,
    MORNING,
    UP_TO_TIME,
    Slot,
    a_booked_customer,
    code_of,
    stored_places,
    stored_starts,
    through_summary,
)

pytestmark = pytest.mark.usefixtures("database")

MUCH_LATER = LATER + timedelta(minutes=2)


class Killed(Exception):
    """Stands for the end of the process."""


async def die(*_: Any, **__: Any) -> Any:
    raise Killed


async def settle(place: Place, now: datetime = MUCH_LATER) -> None:
    places = await TimeslotReservation.find_starting_between(
        place.organization_id,
        step_id=place.flow.timeslot_step.id if place.flow.timeslot_step else "",
        starts_from=MORNING[0],
        starts_before=AFTERNOON[1],
    )
    await settle_doubts(places, now=now)


async def complete_and_die(customer: Customer, monkeypatch: pytest.MonkeyPatch, *, at: str) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(complete, at, die)
        with pytest.raises(Killed):
            await customer.complete()


def office(place: Place, now: datetime = LATER) -> Changer:
    credential = OrganizationCredential(
        organization_id=place.organization_id, api_key_id="a" * 24, role=Role.EDITOR
    )
    return Changer(credential=credential, now=now)


async def move(booking: Booking, slot: Slot, place: Place, now: datetime = LATER) -> Booking:
    command = RescheduleBooking(id=booking.id, start_time=slot[0], end_time=slot[1])
    return await reschedule_booking(command, changer=office(place, now))


async def test_a_completion_that_died_before_its_event_keeps_the_place_while_it_can_be_retried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place(capacity=1)
    first, second = [await a_customer(*through_summary(), place=place) for _ in range(2)]
    await complete_and_die(first, monkeypatch, at="append")

    with pytest.raises(Refused) as refused:
        await second.complete(now=MUCH_LATER)
    await first.complete(now=MUCH_LATER)

    assert code_of(refused.value) == "TIMESLOT_UNAVAILABLE"
    assert await stored_starts(place) == [MORNING[0]]


async def test_its_place_is_free_for_others_once_the_session_is_abandoned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place(capacity=1)
    first, second = [await a_customer(*through_summary(), place=place) for _ in range(2)]
    await complete_and_die(first, monkeypatch, at="append")
    with monkeypatch.context() as patched:
        # The abandonment dies, too, before it can give the place back.
        patched.setattr(TimeslotReservation, "release", die)
        with pytest.raises(Killed):
            await abandon_session(
                AbandonSession(
                    booking_session_id=first.session_id, reason=AbandonmentReason.TIMEOUT
                ),
                organization_id=place.organization_id,
                now=LATER,
            )

    await second.complete(now=MUCH_LATER)

    assert [p.booking_session_id for p in await stored_places(place)] == [second.session_id]


async def test_a_completion_that_died_after_its_event_keeps_its_place_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place(capacity=1)
    first, second = [await a_customer(*through_summary(), place=place) for _ in range(2)]
    await complete_and_die(first, monkeypatch, at="_store_booking")

    with pytest.raises(Refused) as refused:
        await second.complete(now=MUCH_LATER)

    assert code_of(refused.value) == "TIMESLOT_UNAVAILABLE"
    assert await stored_starts(place) == [MORNING[0]]


async def test_a_claim_is_left_alone_for_as_long_as_its_maker_may_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    await move_and_die(booking, place, monkeypatch, target=reschedule, at="store_change")

    await settle(place, LATER + timedelta(seconds=59))

    assert all(each.change_id for each in await stored_places(place))


async def move_and_die(
    booking: Booking,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    *,
    target: Any,
    at: str,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(target, at, die)
        with pytest.raises(Killed):
            await move(booking, AFTERNOON, place)


@pytest.mark.parametrize(
    ("target", "at", "settled"),
    [
        (reschedule, "take_place", MORNING),
        (reschedule, "store_change", MORNING),
        (changing, "_settle_places", AFTERNOON),
    ],
    ids=["before the new place", "before the change", "after the change"],
)
async def test_a_move_that_died_leaves_the_booking_the_one_place_that_counts(
    monkeypatch: pytest.MonkeyPatch, target: Any, at: str, settled: Slot
) -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    await move_and_die(booking, place, monkeypatch, target=target, at=at)

    await settle(place)

    stored = await Booking.get(booking.id)
    assert stored is not None
    assert stored.timeslot is not None
    assert stored.timeslot.start_time == settled[0]
    assert await stored_starts(place) == [settled[0]]


@pytest.mark.parametrize("at", ["store_change", "_settle_places"])
async def test_a_move_that_died_succeeds_when_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    target = changing if at == "_settle_places" else reschedule
    await move_and_die(booking, place, monkeypatch, target=target, at=at)

    moved = await move(booking, AFTERNOON, place, MUCH_LATER)

    assert len(moved.changes) == 1
    assert await stored_starts(place) == [AFTERNOON[0]]


async def test_a_cancellation_that_died_gives_the_place_back_to_the_next_who_wants_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    with monkeypatch.context() as patched:
        patched.setattr(changing, "_settle_places", die)
        with pytest.raises(Killed):
            await cancel_booking(CancelBooking(id=booking.id), changer=office(place))

    second = await a_customer(*UP_TO_TIME, place=place)
    await second.record(chose_time(), *AFTER_TIME, now=MUCH_LATER)
    await second.complete(now=MUCH_LATER)

    assert [p.booking_session_id for p in await stored_places(place)] == [second.session_id]


async def test_a_move_given_up_by_others_can_no_longer_be_stored() -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    asked = Changer(credential=office(place).credential, now=LATER)

    async with changing.claiming_places(booking, asked):
        await settle(place)
        change = BookingChange(
            at=LATER, changed_by=BookingChanger.STAFF, old_timeslot=booking.timeslot
        )
        stored = await booking.change(change, status=BookingStatus.CANCELLED, now=MUCH_LATER)

    assert stored is None
    assert await stored_starts(place) == [MORNING[0]]


async def test_the_claim_of_a_session_that_is_gone_is_freed() -> None:
    place = await a_place(capacity=1)
    customer, booking = await a_booked_customer(place)
    await TimeslotReservation.get_motor_collection().update_one(
        {"booking_session_id": customer.session_id},
        {
            "$set": {
                "booking_session_id": new_id(),
                "booking_id": None,
                "change_id": new_id(),
                "in_doubt_since": booking.created_at,
            }
        },
    )

    await settle(place)

    assert await stored_places(place) == []
