"""Completing while others complete, and after processes died in the middle of it."""

import asyncio
from typing import Any

import pytest

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.driver import new_id
from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.completion import decide_completion
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.booking_session.lifecycle import decide_abandonment
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.booking_sessions import complete
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.history import SessionHistory
from app.services.booking_sessions.verification import find_session_problems
from tests.domain.booking_session.builders import CHECKS, SLOT
from tests.services.booking_sessions.builders import (
    LATER,
    Customer,
    a_place,
    a_ready_customer,
)

pytestmark = pytest.mark.usefixtures("database")


def outcome(answer: Any) -> str:
    """Return the booking id of an answer, or the code of its refusal."""
    if isinstance(answer, Refused):
        return answer.problems[0].code.value
    if isinstance(answer, BaseException):
        raise answer
    return str(answer[1].id)


async def bookings_of(customer: Customer) -> list[Booking]:
    return await Booking.find({"booking_session_id": customer.session_id}).to_list()


async def completions_of(customer: Customer) -> int:
    completed = BookingSessionEventType.SESSION_COMPLETED
    return sum(event.event_type is completed for event in await customer.events())


@pytest.mark.usefixtures("processes")
async def test_concurrent_completions_with_one_key_answer_with_one_booking() -> None:
    customer = await a_ready_customer(place=await a_place(capacity=1))

    answers = await asyncio.gather(*(customer.complete("same") for _ in range(6)))

    [booking] = await bookings_of(customer)
    assert {outcome(answer) for answer in answers} == {booking.id}
    assert await completions_of(customer) == 1
    assert await find_session_problems(customer.session_id) == ()


@pytest.mark.usefixtures("processes")
async def test_of_concurrent_completions_with_different_keys_one_wins() -> None:
    customer = await a_ready_customer(place=await a_place(capacity=3))

    answers = await asyncio.gather(
        *(customer.complete(f"key {n}") for n in range(6)), return_exceptions=True
    )

    [booking] = await bookings_of(customer)
    assert sorted(outcome(answer) for answer in answers) == sorted(
        [booking.id, *["SESSION_CLOSED"] * 5]
    )
    assert await completions_of(customer) == 1


@pytest.mark.usefixtures("processes")
async def test_twenty_completions_for_three_places_make_three_bookings() -> None:
    place = await a_place(capacity=3)
    customers = [await a_ready_customer(place=place) for _ in range(20)]

    answers = await asyncio.gather(
        *(customer.complete() for customer in customers), return_exceptions=True
    )

    outcomes = [outcome(answer) for answer in answers]
    assert outcomes.count("TIMESLOT_UNAVAILABLE") == 17
    bookings = await Booking.find({"organization_id": place.organization_id}).to_list()
    assert {booking.id for booking in bookings} == set(outcomes) - {"TIMESLOT_UNAVAILABLE"}
    assert len(bookings) == 3
    assert [booking.timeslot and booking.timeslot.start_time for booking in bookings] == (
        [SLOT[0]] * 3
    )


async def complete_but_die_before_the_booking(customer: Customer, key: str) -> str:
    """Store the completion's event alone, as a process does that dies then; return its booking."""
    session = await customer.stored()
    decision = decide_completion(
        session.to_state(),
        given=Circumstances(flow=customer.place.flow, now=LATER, checks=CHECKS),
        booking_id=new_id(),
        confirmation_code="ABCDEFGH",
        event_id=new_id(),
    )
    assert isinstance(decision, Decision)
    content_hash = complete._hash(
        complete.CompleteSession(booking_session_id=session.id, idempotency_key=key)
    )
    event = decision.events[0].model_copy(update={"content_hash": content_hash})
    await customer.insert_events_only([event])
    return str(event.data.model_dump()["booking_id"])


async def test_retry_stores_the_booking_that_a_crash_kept_from_being_stored() -> None:
    customer = await a_ready_customer()
    booking_id = await complete_but_die_before_the_booking(customer, "key")

    _, booking = await customer.complete("key")

    assert (booking.id, booking.confirmation_code) == (booking_id, "ABCDEFGH")
    assert await bookings_of(customer) == [booking]
    assert await find_session_problems(customer.session_id) == ()


async def test_after_such_a_crash_another_key_is_told_that_the_session_is_closed() -> None:
    customer = await a_ready_customer()
    await complete_but_die_before_the_booking(customer, "key")

    with pytest.raises(Refused) as refused:
        await customer.complete("another")

    assert [problem.code for problem in refused.value.problems] == [ProblemCode.SESSION_CLOSED]
    assert await bookings_of(customer) == []


async def test_place_taken_while_the_session_was_abandoned_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = await a_ready_customer(place=await a_place(capacity=1))
    take_place = complete._take_place

    async def abandon_elsewhere_first(history: SessionHistory, *arguments: Any) -> bool:
        end = decide_abandonment(
            history.state, reason=AbandonmentReason.TIMEOUT, event_id=new_id(), now=LATER
        )
        assert isinstance(end, Decision)
        await customer.insert_events_only(end.events)
        await TimeslotReservation.release(customer.place.organization_id, customer.session_id)
        return await take_place(history, *arguments)

    monkeypatch.setattr(complete, "_take_place", abandon_elsewhere_first)

    with pytest.raises(Refused) as refused:
        await customer.complete()

    assert [problem.code for problem in refused.value.problems] == [ProblemCode.SESSION_CLOSED]
    held = TimeslotReservation.find({"booking_session_id": customer.session_id})
    assert await held.count() == 0


@pytest.mark.usefixtures("processes")
async def test_completing_and_abandoning_at_once_leaves_one_outcome() -> None:
    customer = await a_ready_customer(place=await a_place(capacity=1))

    answers = await asyncio.gather(
        customer.complete(),
        abandon_session(
            AbandonSession(booking_session_id=customer.session_id),
            organization_id=customer.place.organization_id,
            now=LATER,
        ),
        return_exceptions=True,
    )

    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1
    session = await BookingSession.get(customer.session_id)
    assert session is not None
    is_booked = session.booking_outcome.status.value == "completed"
    assert len(await bookings_of(customer)) == int(is_booked)
    held = TimeslotReservation.find({"booking_session_id": customer.session_id})
    assert await held.count() == int(is_booked)
