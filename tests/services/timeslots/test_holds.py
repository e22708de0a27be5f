"""A chosen slot is kept for its customer for some minutes, where the calendar says so."""

import asyncio
from datetime import timedelta

import pytest

from app.documents.driver import CommandCounter, Database
from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.refusal import Refused
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.domain.booking_session.builders import (
    CUSTOMER,
    DETAILS,
    TIME,
    chose_time,
    completed,
    entered,
    went_back,
)
from tests.services.booking_sessions.builders import (
    LATER,
    Customer,
    Place,
    a_customer,
    a_place,
)
from tests.services.booking_sessions.conftest import processes
from tests.services.timeslots.visits import (
    AFTER_TIME,
    AFTERNOON,
    MORNING,
    UP_TO_TIME,
    code_of,
    stored_places,
    stored_starts,
    through_summary,
)

__all__ = ["processes"]
pytestmark = pytest.mark.usefixtures("database")

HOLD_MINUTES = 10
LAPSED = LATER + timedelta(minutes=HOLD_MINUTES)


async def a_choosing_customer(place: Place) -> Customer:
    return await a_customer(*UP_TO_TIME, place=place)


async def a_calendar(capacity: int = 1) -> Place:
    return await a_place(capacity=capacity, hold_minutes=HOLD_MINUTES)


async def test_a_chosen_slot_is_refused_to_others_until_its_hold_lapses() -> None:
    place = await a_calendar()
    first, second = await a_choosing_customer(place), await a_choosing_customer(place)
    await first.record(chose_time())

    with pytest.raises(Refused) as refused:
        await second.record(chose_time(), now=LAPSED - timedelta(milliseconds=1))
    await second.record(chose_time(), now=LAPSED)

    [problem] = refused.value.problems
    assert problem.code.value == "TIMESLOT_UNAVAILABLE"
    assert problem.path == ("events", 0, "data", "timeslot_selected", "start_time")
    assert [each.booking_session_id for each in await stored_places(place)] == [second.session_id]


async def test_without_holds_the_first_to_book_wins() -> None:
    place = await a_place(capacity=1)
    customers = [await a_customer(*through_summary(), place=place) for _ in range(2)]

    answers = [await attempt(customer) for customer in customers]

    assert answers == ["", "TIMESLOT_UNAVAILABLE"]


async def attempt(customer: Customer) -> str:
    try:
        await customer.complete()
    except Refused as refused:
        return code_of(refused)
    return ""


async def test_the_hold_becomes_the_bookings_place() -> None:
    place = await a_calendar()
    customer = await a_customer(*through_summary(), place=place)

    _, booking = await customer.complete()

    [stored] = await stored_places(place)
    assert (stored.booking_id, stored.held_until, stored.change_id) == (booking.id, None, None)


async def test_completing_after_the_hold_lapsed_takes_a_place_that_is_free() -> None:
    place = await a_calendar()
    customer = await a_customer(*through_summary(), place=place)
    # As the database does it, sooner or later.
    await TimeslotReservation.find({"booking_session_id": customer.session_id}).delete()

    await customer.complete(now=LAPSED + timedelta(minutes=5))

    assert await stored_starts(place) == [MORNING[0]]


async def test_completing_after_the_hold_lapsed_and_was_taken_over_is_refused() -> None:
    place = await a_calendar()
    slow = await a_customer(*through_summary(), place=place)
    quick = await a_choosing_customer(place)
    await quick.record(chose_time(), *AFTER_TIME, now=LAPSED)
    await quick.complete(now=LAPSED)

    with pytest.raises(Refused) as refused:
        await slow.complete(now=LAPSED)

    assert code_of(refused.value) == "TIMESLOT_UNAVAILABLE"
    assert [p.booking_session_id for p in await stored_places(place)] == [quick.session_id]


async def test_choosing_another_slot_frees_the_first() -> None:
    place = await a_calendar()
    customer = await a_choosing_customer(place)
    await customer.record(chose_time())

    await customer.record(chose_time(*AFTERNOON))

    assert [each.start_time for each in await stored_places(place)] == [AFTERNOON[0]]


async def test_a_refused_choice_leaves_the_slot_held_before() -> None:
    place = await a_calendar()
    first, second = await a_choosing_customer(place), await a_choosing_customer(place)
    await first.record(chose_time(*AFTERNOON))
    await second.record(chose_time())

    with pytest.raises(Refused):
        await second.record(chose_time(*AFTERNOON))

    held = {p.booking_session_id: p.start_time for p in await stored_places(place)}
    assert held == {first.session_id: AFTERNOON[0], second.session_id: MORNING[0]}


async def test_choosing_the_same_slot_again_renews_its_hold() -> None:
    place = await a_calendar()
    customer = await a_choosing_customer(place)
    await customer.record(chose_time())

    await customer.record(chose_time(), now=LATER + timedelta(minutes=5))

    [stored] = await stored_places(place)
    assert stored.held_until == LAPSED + timedelta(minutes=5)


@pytest.mark.parametrize(("to_step_id", "held"), [(DETAILS, 0), (TIME, 1)])
async def test_going_back_behind_the_calendar_frees_the_slot(to_step_id: str, held: int) -> None:
    place = await a_calendar()
    customer = await a_choosing_customer(place)
    await customer.record(chose_time(), completed(TIME), entered(CUSTOMER))

    await customer.record(went_back(to_step_id, CUSTOMER))

    assert len(await stored_places(place)) == held


async def test_abandoning_frees_the_slot() -> None:
    place = await a_calendar()
    customer = await a_choosing_customer(place)
    await customer.record(chose_time())

    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=place.organization_id,
        now=LATER,
    )

    assert await stored_places(place) == []


async def test_a_batch_that_is_refused_holds_nothing() -> None:
    place = await a_calendar()
    customer = await a_choosing_customer(place)

    with pytest.raises(Refused):
        await customer.record(chose_time(), completed(CUSTOMER))

    assert await stored_places(place) == []


@pytest.mark.usefixtures(processes.__name__)
async def test_of_two_hundred_who_choose_at_once_as_many_hold_as_there_are_places() -> None:
    place = await a_calendar(capacity=3)
    customers = [await a_choosing_customer(place) for _ in range(200)]

    answers = await asyncio.gather(
        *(customer.record(chose_time(), *AFTER_TIME) for customer in customers),
        return_exceptions=True,
    )

    codes = [code_of(answer) for answer in answers]
    assert (codes.count(""), codes.count("TIMESLOT_UNAVAILABLE")) == (3, 197)
    holders = {p.booking_session_id for p in await stored_places(place)}
    winners = [c for c, code in zip(customers, codes, strict=True) if not code]
    assert holders == {customer.session_id for customer in winners}
    await asyncio.gather(*(customer.complete() for customer in winners))
    assert await stored_starts(place) == [MORNING[0]] * 3


async def test_a_session_with_a_hold_costs_no_more_commands_on_places_than_one_without(
    database: Database, command_counter: CommandCounter
) -> None:
    costs = []
    for hold_minutes in (0, HOLD_MINUTES):
        place = await a_place(capacity=3, hold_minutes=hold_minutes)
        customer = await a_choosing_customer(place)
        with command_counter.counting() as commands:
            await customer.record(chose_time(), *AFTER_TIME)
            await customer.complete()
        costs.append([each for each in commands if each.endswith("timeslot_reservations")])

    assert [each.split()[0] for each in costs[0]] == ["find", "find", "insert", "update"]
    assert [each.split()[0] for each in costs[1]] == ["find", "insert", "update", "update"]
