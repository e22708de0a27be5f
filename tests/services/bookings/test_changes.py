"""Moving and cancelling bookings, one at a time and many at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.documents.booking import Booking
from app.domain.access import OrganizationCredential, Role, SessionCredential
from app.domain.booking import BookingChanger, BookingStatus
from app.domain.refusal import Refused
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.changing import Changer
from app.services.bookings.reschedule import RescheduleBooking, reschedule_booking
from tests.services.booking_sessions.builders import LATER, Customer, Place, a_customer, a_place
from tests.services.timeslots.visits import (
    AFTERNOON,
    MORNING,
    NEXT_MORNING,
    Slot,
    a_booked_customer,
    code_of,
    stored_places,
    stored_starts,
    through_summary,
)

pytestmark = pytest.mark.usefixtures("database")


def office(place: Place, now: datetime = LATER) -> Changer:
    credential = OrganizationCredential(
        organization_id=place.organization_id, api_key_id="a" * 24, role=Role.EDITOR
    )
    return Changer(credential=credential, now=now)


def the_customer(customer: Customer, now: datetime = LATER) -> Changer:
    credential = SessionCredential(
        organization_id=customer.place.organization_id, booking_session_id=customer.session_id
    )
    return Changer(credential=credential, now=now)


async def move(booking: Booking, slot: Slot, changer: Changer, **fields: Any) -> Booking:
    command = RescheduleBooking(id=booking.id, start_time=slot[0], end_time=slot[1], **fields)
    return await reschedule_booking(command, changer=changer)


async def cancel(booking: Booking, changer: Changer) -> Booking:
    return await cancel_booking(CancelBooking(id=booking.id, reason="Sold it"), changer=changer)


async def refusal(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return code_of(refused.value)


async def test_a_moved_visit_leaves_its_place_and_has_the_new_one() -> None:
    place = await a_place(capacity=1)
    customer, booking = await a_booked_customer(place)

    moved = await move(booking, AFTERNOON, the_customer(customer), reason="Dentist")

    assert moved.status is BookingStatus.RESCHEDULED
    assert moved.timeslot is not None
    assert (moved.timeslot.start_time, moved.timeslot.end_time) == AFTERNOON
    [change] = moved.changes
    assert (change.changed_by, change.reason) == (BookingChanger.CUSTOMER, "Dentist")
    assert change.old_timeslot == booking.timeslot
    assert await stored_starts(place) == [AFTERNOON[0]]


async def test_asking_for_the_same_time_again_changes_nothing() -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)

    moved = [await move(booking, AFTERNOON, office(place)) for _ in range(2)]

    assert moved[0] == moved[1]
    assert await stored_starts(place) == [AFTERNOON[0]]


async def test_a_booking_keeps_its_place_when_the_other_is_taken() -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    await a_booked_customer(place, AFTERNOON)

    assert await refusal(move(booking, AFTERNOON, office(place))) == "TIMESLOT_UNAVAILABLE"

    assert await Booking.get(booking.id) == booking
    assert await stored_starts(place) == [MORNING[0], AFTERNOON[0]]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (timedelta(minutes=1), timedelta()),
        (timedelta(), timedelta(minutes=1)),
        (timedelta(hours=5), timedelta()),
        (timedelta(days=60), timedelta(days=60)),
        (timedelta(days=-7), timedelta(days=-7)),
    ],
    ids=["off the grid", "too long", "negative", "beyond the horizon", "past"],
)
async def test_a_visit_moves_only_to_what_is_offered(start: timedelta, end: timedelta) -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)

    attempt = move(booking, (MORNING[0] + start, MORNING[1] + end), office(place))

    assert await refusal(attempt) == "TIMESLOT_UNAVAILABLE"
    assert await stored_starts(place) == [MORNING[0]]


async def test_a_cancelled_booking_frees_its_place_and_stays_cancelled() -> None:
    place = await a_place(capacity=1)
    customer, booking = await a_booked_customer(place)

    cancelled = await cancel(booking, office(place))
    again = await cancel(booking, the_customer(customer))

    assert cancelled.status is BookingStatus.CANCELLED
    assert cancelled.timeslot == booking.timeslot
    assert again == cancelled
    assert await stored_places(place) == []
    for slot in (MORNING, AFTERNOON):
        assert await refusal(move(booking, slot, office(place))) == "BOOKING_CLOSED"


async def test_a_visit_that_has_begun_is_not_changed() -> None:
    place = await a_place(capacity=1)
    _, booking = await a_booked_customer(place)
    at_the_door = office(place, MORNING[0])

    assert await refusal(move(booking, NEXT_MORNING, at_the_door)) == "BOOKING_CLOSED"
    assert await refusal(cancel(booking, at_the_door)) == "BOOKING_CLOSED"
    await cancel(booking, office(place, MORNING[0] - timedelta(milliseconds=1)))


async def test_only_its_own_session_and_organization_find_a_booking() -> None:
    place = await a_place(capacity=3)
    _, booking = await a_booked_customer(place)
    neighbour, _ = await a_booked_customer(place)
    foreign, _ = await a_booked_customer(await a_place(capacity=3))

    for stranger in (the_customer(neighbour), the_customer(foreign), office(foreign.place)):
        assert await refusal(cancel(booking, stranger)) == "NOT_FOUND"
        assert await refusal(move(booking, AFTERNOON, stranger)) == "NOT_FOUND"

    assert await Booking.get(booking.id) == booking


async def test_visits_in_windows_without_limit_move_without_places() -> None:
    place = await a_place(capacity=None)
    customer, booking = await a_booked_customer(place)

    moved = await move(booking, AFTERNOON, the_customer(customer))

    assert moved.status is BookingStatus.RESCHEDULED
    assert await stored_places(place) == []


async def test_of_two_hundred_completions_for_three_places_three_succeed() -> None:
    place = await a_place(capacity=3)
    customers = [await a_customer(*through_summary(), place=place) for _ in range(200)]

    answers = await asyncio.gather(
        *(customer.complete() for customer in customers), return_exceptions=True
    )

    codes = [code_of(answer) for answer in answers]
    assert (codes.count(""), codes.count("TIMESLOT_UNAVAILABLE")) == (3, 197)
    assert await Booking.find({"organization_id": place.organization_id}).count() == 3
    assert await stored_starts(place) == [MORNING[0]] * 3


async def test_of_fifty_moves_onto_one_place_one_succeeds() -> None:
    place = await a_place(capacity=50)
    booked = [await a_booked_customer(place) for _ in range(50)]
    # The afternoon has room for one.
    await asyncio.gather(*(a_booked_customer(place, AFTERNOON) for _ in range(49)))

    answers = await asyncio.gather(
        *(move(booking, AFTERNOON, the_customer(customer)) for customer, booking in booked),
        return_exceptions=True,
    )

    codes = [code_of(answer) for answer in answers]
    assert (codes.count(""), codes.count("TIMESLOT_UNAVAILABLE")) == (1, 49)
    assert await stored_starts(place) == [MORNING[0]] * 49 + [AFTERNOON[0]] * 50


async def test_moves_and_cancellations_of_one_booking_at_once_leave_one_place_or_none() -> None:
    for _ in range(5):
        place = await a_place(capacity=1)
        _, booking = await a_booked_customer(place)
        slots = [AFTERNOON, NEXT_MORNING, MORNING]

        answers = await asyncio.gather(
            *(move(booking, slot, office(place)) for slot in slots),
            cancel(booking, office(place)),
            *(move(booking, slot, office(place)) for slot in slots),
            return_exceptions=True,
        )

        assert {code_of(each) for each in answers} <= {"", "BOOKING_CLOSED"}
        stored = await Booking.get(booking.id)
        assert stored is not None
        assert stored.status is BookingStatus.CANCELLED
        assert await stored_places(place) == []


async def test_moves_of_one_booking_at_once_leave_the_place_of_the_last() -> None:
    for _ in range(5):
        place = await a_place(capacity=1)
        _, booking = await a_booked_customer(place)
        slots = [AFTERNOON, NEXT_MORNING, MORNING] * 2

        await asyncio.gather(*(move(booking, slot, office(place)) for slot in slots))

        stored = await Booking.get(booking.id)
        assert stored is not None
        assert stored.timeslot is not None
        assert await stored_starts(place) == [stored.timeslot.start_time]
