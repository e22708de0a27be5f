"""Erasing a customer from everything that is stored."""

import asyncio
from datetime import timedelta

import pytest

from app.documents.audit_record import AuditRecord
from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.erasure_request import ErasureRequest, ErasureStatus
from app.domain.audit import AuditedEntity
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.state import AbandonedOutcome, BookingSessionStatus
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.audit import read_snapshot, record_change
from app.services.booking_sessions.verification import find_session_problems
from app.services.personal_data import erasers, erasing
from app.services.personal_data.requests import SECOND_LOOK_AFTER, TAKEN_FOR_DEAD, carry_on
from tests.domain.booking_session.builders import (
    CUSTOMER,
    DETAILS,
    ROSA,
    THROUGH_SUMMARY,
    ZIP,
    completed,
    updated,
)
from tests.services.booking_sessions.builders import LATER, a_customer, a_place
from tests.services.personal_data.builders import (
    EMAIL,
    PHONE,
    TYPED,
    a_rosa,
    an_owner,
    counts,
    erase,
    stored_state,
    traces,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("email", "phone"),
    [("rosa@harbor.example", None), (None, "+1 (781) 555-0199"), (EMAIL, PHONE)],
)
async def test_booked_customer_is_erased_from_everything_and_the_counts_stay(
    email: str | None, phone: str | None
) -> None:
    place = await a_place()
    rosa = await a_rosa(*TYPED, *THROUGH_SUMMARY, place=place)
    _, booking = await rosa.complete()
    before = (await rosa.stored()).to_state()

    request = await erase(place, email=email, phone=phone)

    assert await traces(place) == []
    # The start, two updates, the details and the customer step.
    assert counts(request) == (1, 5, 1)
    assert request.status is ErasureStatus.ERASED
    after = (await rosa.stored()).to_state()
    assert after.metrics == before.metrics
    assert after.step_progression == before.step_progression
    assert after.booking_outcome == before.booking_outcome
    assert await find_session_problems(rosa.session_id) == ()
    erased = await Booking.get(booking.id)
    assert erased is not None
    assert erased.customer == dict.fromkeys(["email", *ROSA])
    assert erased.details == {"notes": None, "property": "house"}
    assert booking.customer_digests != []
    assert erased.customer_digests == []
    assert erased.timeslot == booking.timeslot
    assert erased.confirmation_code == booking.confirmation_code


async def test_erasing_again_erases_and_counts_nothing() -> None:
    place = await a_place()
    rosa = await a_rosa(*THROUGH_SUMMARY, place=place)
    await rosa.complete()
    await erase(place, phone=PHONE)
    once = await stored_state(rosa)

    again = await erase(place, phone=PHONE, email=EMAIL)

    assert counts(again) == (0, 0, 0)
    assert await stored_state(rosa) == once


async def test_value_that_was_overwritten_since_still_tells_the_person() -> None:
    place = await a_place()
    await a_customer(
        updated(CUSTOMER, "email", EMAIL), updated(CUSTOMER, "email", "x@y.example"), place=place
    )

    request = await erase(place, email=EMAIL)

    assert counts(request) == (1, 2, 0)
    assert await traces(place) == []


async def test_active_session_is_closed_and_takes_nothing_more() -> None:
    place = await a_place()
    rosa = await a_rosa(*TYPED, place=place)

    await erase(place, email=EMAIL)

    outcome = (await rosa.stored()).booking_outcome
    assert isinstance(outcome, AbandonedOutcome)
    assert outcome.reason is AbandonmentReason.ERASURE
    with pytest.raises(Refused) as refused:
        await rosa.record(updated(CUSTOMER, "email", EMAIL))
    assert [problem.code for problem in refused.value.problems] == [ProblemCode.SESSION_CLOSED]
    assert await traces(place) == []


async def test_other_customers_and_other_organizations_are_not_touched() -> None:
    place, elsewhere = await a_place(), await a_place()
    joe = {**ROSA, "firstName": "Joe", "phone": "+17815550111"}
    others = [
        await a_rosa(*TYPED, *THROUGH_SUMMARY, place=elsewhere),
        await a_customer(
            completed(ZIP, zipcode="01963"), updated(CUSTOMER, "phone", joe["phone"]), place=place
        ),
    ]
    await others[0].complete()
    before = [await stored_state(each) for each in others]

    request = await erase(place, email=EMAIL, phone=PHONE)

    assert counts(request) == (0, 0, 0)
    assert [await stored_state(each) for each in others] == before
    assert (await others[1].stored()).booking_outcome.status is BookingSessionStatus.ACTIVE


async def test_sessions_resumed_one_from_another_are_erased_together() -> None:
    place = await a_place()
    first = await a_customer(updated(DETAILS, "notes", "Rosa's dog"), place=place)
    second = await a_rosa(updated(CUSTOMER, "firstName", "Rosa"), place=place)
    third = await a_customer(updated(CUSTOMER, "lastName", "Diaz"), place=place)
    for later, earlier in ((second, first), (third, second)):
        # Resuming itself copies the form; here only the link is needed.
        await BookingSession.get_motor_collection().update_one(
            {"_id": later.session_id}, {"$set": {"resumed_from_session_id": earlier.session_id}}
        )

    request = await erase(place, email=EMAIL)

    assert request.session_count == 3
    assert await traces(place) == []


async def test_snapshot_and_booking_are_erased_when_the_events_have_expired() -> None:
    place = await a_place()
    rosa = await a_rosa(*TYPED, *THROUGH_SUMMARY, place=place)
    await rosa.complete()
    await BookingSessionEventDocument.get_motor_collection().delete_many(
        {"booking_session_id": rosa.session_id, "event_type": {"$ne": "session_completed"}}
    )

    request = await erase(place, email=EMAIL)

    assert counts(request) == (1, 0, 1)
    assert await traces(place) == []


async def test_event_sent_again_after_the_erasure_is_still_a_duplicate() -> None:
    place = await a_place()
    rosa = await a_customer(place=place)
    update = updated(CUSTOMER, "email", EMAIL)
    await rosa.record(update, ids=["one"])
    await erase(place, email=EMAIL)

    [result] = (await rosa.record(update, ids=["one"])).results

    assert result.status.name == "DUPLICATE"
    assert "rosa" not in str(result.event).lower()


async def test_booking_that_a_crash_kept_from_being_stored_is_stored_erased() -> None:
    place = await a_place()
    rosa = await a_rosa(*THROUGH_SUMMARY, place=place)
    _, booking = await rosa.complete("key")
    await Booking.get_motor_collection().delete_one({"_id": booking.id})

    request = await erase(place, phone=PHONE)
    _, again = await rosa.complete("key")

    assert request.booking_count == 1
    assert again.id == booking.id
    assert await traces(place) == []


async def test_audit_says_that_somebody_was_erased_and_not_whom() -> None:
    place = await a_place()
    rosa = await a_rosa(*THROUGH_SUMMARY, place=place)
    _, booking = await rosa.complete()
    async with record_change(
        author=an_owner(place),
        mutation="updateBooking",
        entity_type=AuditedEntity.BOOKING,
        entity_id=booking.id,
        before=booking,
    ) as change:
        change.after = booking

    request = await erase(place, phone=PHONE)

    records = await AuditRecord.find({"organization_id": place.organization_id}).to_list()
    edited, erased = sorted(records, key=lambda record: record.mutation, reverse=True)
    assert (edited.mutation, erased.mutation) == ("updateBooking", "erasePersonalData")
    assert (edited.before, edited.after) == (None, None)
    assert await read_snapshot(erased.after) == {
        "erasure_id": request.id,
        "by_email": False,
        "by_phone": True,
        "session_count": 1,
        "event_count": request.event_count,
        "booking_count": 1,
    }


async def carry_on_at(moment: timedelta) -> None:
    async for _ in carry_on(now=LATER + moment):
        pass


@pytest.mark.parametrize("eraser", range(len(erasers.ERASERS)))
@pytest.mark.parametrize("finished_by", ["worker", "next call"])
async def test_erasure_cut_short_anywhere_is_finished_and_counted_once(
    eraser: int, finished_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("killed")

    place = await a_place()
    rosa = await a_rosa(*TYPED, *THROUGH_SUMMARY, place=place)
    await rosa.complete()
    with monkeypatch.context() as patched:
        broken = (*erasers.ERASERS[:eraser], fail, *erasers.ERASERS[eraser + 1 :])
        patched.setattr(erasing, "ERASERS", broken)
        with pytest.raises(RuntimeError, match="killed"):
            await erase(place, email=EMAIL)

    if finished_by == "worker":
        await carry_on_at(TAKEN_FOR_DEAD + timedelta(seconds=1))
    else:
        await erase(place, email=EMAIL)

    [request] = await ErasureRequest.find({"organization_id": place.organization_id}).to_list()
    assert counts(request) == (1, 5, 1)
    assert request.status is not ErasureStatus.RUNNING
    assert await traces(place) == []
    assert await find_session_problems(rosa.session_id) == ()


async def test_second_look_finds_what_was_written_meanwhile_and_forgets_the_person() -> None:
    place = await a_place()
    await a_rosa(*TYPED, place=place)
    request = await erase(place, email=EMAIL)
    # Recorded by a request that was under way: the first look had passed its session.
    await a_rosa(*TYPED, place=place, now=LATER)

    await carry_on_at(SECOND_LOOK_AFTER)
    assert len(await traces(place)) > 0
    await carry_on_at(SECOND_LOOK_AFTER + timedelta(seconds=1))

    assert await traces(place) == []
    finished = await ErasureRequest.get(request.id)
    assert finished is not None
    assert finished.status is ErasureStatus.FINISHED
    assert (finished.email, finished.phone) == (None, None)
    assert (finished.found_session_ids, finished.erased_session_ids) == ([], [])
    assert finished.session_count == 2


async def test_start_that_is_under_way_is_left_to_the_second_look() -> None:
    place = await a_place()
    rosa = await a_rosa(place=place)
    session = await rosa.stored()
    await session.delete()

    await erase(place, email=EMAIL)
    assert len(await traces(place)) == 1
    await session.insert()
    await carry_on_at(SECOND_LOOK_AFTER + timedelta(seconds=1))

    assert await traces(place) == []
    assert await find_session_problems(rosa.session_id) == ()


async def test_events_whose_session_never_came_are_erased_in_the_end() -> None:
    place = await a_place()
    await (await (await a_rosa(place=place)).stored()).delete()

    await erase(place, email=EMAIL)
    await carry_on_at(SECOND_LOOK_AFTER + timedelta(seconds=1))

    assert await traces(place) == []


async def test_customers_who_go_on_while_they_are_erased_leave_nothing_behind() -> None:
    place = await a_place()
    customers = [await a_rosa(*TYPED, place=place) for _ in range(4)]

    async def go_on(n: int) -> None:
        for _ in range(8):
            try:
                await customers[n].record(updated(CUSTOMER, "email", EMAIL))
            except Refused:
                return

    await asyncio.gather(
        *(go_on(n) for n in range(4)), *(erase(place, email=EMAIL) for _ in range(2))
    )
    await carry_on_at(SECOND_LOOK_AFTER + timedelta(seconds=1))

    assert await traces(place) == []
    for customer in customers:
        assert await find_session_problems(customer.session_id) == ()
