"""Abandoning sessions whose customers left without a word, while some of them come back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter, Database, new_id
from app.documents.organization import Organization
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.booking_session.state import AbandonedOutcome, BookingSessionStatus
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused
from app.services.booking_sessions import abandon
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.sweeping import SweepProgress, sweep_idle_sessions
from app.services.booking_sessions.verification import find_session_problems
from tests.domain.booking_session.builders import NOW, THROUGH_ZIP, ZIP, updated
from tests.services.booking_sessions.builders import (
    LATER,
    Customer,
    Place,
    a_customer,
    a_place,
)

HOUR = timedelta(hours=1)
JUST_NOT_IDLE = LATER + HOUR
IDLE = JUST_NOT_IDLE + timedelta(milliseconds=1)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def no_other_sessions(database: Database) -> AsyncIterator[None]:
    await BookingSession.delete_all()
    await Organization.delete_all()
    yield


async def sweep(*, now: datetime = IDLE, idle_time: timedelta = HOUR) -> SweepProgress:
    """Return the progress at the end of a whole sweep."""
    steps = [each async for each in sweep_idle_sessions(now=now, idle_time=idle_time)]
    return steps[-1] if steps else SweepProgress()


async def a_visitor(place: Place | None = None) -> Customer:
    """Return a customer who was last seen LATER."""
    return await a_customer(*THROUGH_ZIP, place=place)


def coming_back() -> SessionCommand:
    return updated(ZIP, "zipcode", "01901")


async def status_of(customer: Customer) -> BookingSessionStatus:
    return (await customer.stored()).booking_outcome.status


async def test_session_idle_for_longer_is_abandoned_where_its_customer_left_it() -> None:
    customer = await a_visitor()
    step_id = (await customer.stored()).current_state.step_id

    assert await sweep(now=JUST_NOT_IDLE) == SweepProgress()
    assert await sweep(now=IDLE) == SweepProgress(found_count=1, abandoned_count=1)

    outcome = (await customer.stored()).booking_outcome
    assert isinstance(outcome, AbandonedOutcome)
    assert (outcome.reason, outcome.abandoned_at) == (AbandonmentReason.TIMEOUT, IDLE)
    assert outcome.drop_off_step_id == step_id
    assert await find_session_problems(customer.session_id) == ()


async def test_closed_sessions_are_left_alone() -> None:
    customer = await a_visitor()
    await sweep()
    before = await customer.stored()

    assert await sweep(now=IDLE + HOUR) == SweepProgress()
    assert await customer.stored() == before


async def test_organization_may_have_a_shorter_and_another_a_longer_idle_time() -> None:
    places = [await a_place() for _ in range(3)]
    for place, minutes in zip(places, (10, 90, None), strict=True):
        await Organization(
            id=place.organization_id,
            name="Harbor",
            slug=place.organization_id,
            created_at=NOW,
            session_idle_minutes=minutes,
        ).insert()
    hasty, patient, ordinary = [await a_visitor(place) for place in places]

    async def open_after(minutes: int) -> list[bool]:
        await sweep(now=LATER + timedelta(minutes=minutes))
        statuses = [await status_of(each) for each in (hasty, patient, ordinary)]
        return [status is BookingSessionStatus.ACTIVE for status in statuses]

    assert await open_after(10) == [True, True, True]
    assert await open_after(11) == [False, True, True]
    assert await open_after(61) == [False, True, False]
    assert await open_after(91) == [False, False, False]


async def test_snapshot_left_behind_by_a_crash_does_not_end_a_session_that_goes_on() -> None:
    customer = await a_visitor()
    before = await customer.stored()
    await customer.record(coming_back(), now=IDLE)
    await BookingSession.find_one({"_id": before.id}).replace_one(before)

    assert await sweep() == SweepProgress(found_count=1)
    assert await status_of(customer) is BookingSessionStatus.ACTIVE


async def test_customer_who_comes_back_between_look_and_write_keeps_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = await a_visitor()
    looks = 0

    async def look_and_let_the_customer_write(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        history = await load_history(*arguments)
        if looks == 1:
            await customer.record(coming_back(), now=IDLE)
        return history

    monkeypatch.setattr(abandon, "one_at_a_time", lambda _id: contextlib.nullcontext())
    monkeypatch.setattr(abandon, "load_history", look_and_let_the_customer_write)

    assert await sweep() == SweepProgress(found_count=1)
    assert looks == 2
    assert await status_of(customer) is BookingSessionStatus.ACTIVE


@pytest.mark.usefixtures("processes")
async def test_customers_who_come_back_during_several_sweeps_win_or_lose_but_never_both() -> None:
    place = await a_place()
    customers = [await a_visitor(place) for _ in range(30)]

    async def come_back(customer: Customer) -> bool:
        try:
            await customer.record(coming_back(), now=IDLE)
        except Refused as refused:
            if [each.code for each in refused.problems] != [ProblemCode.SESSION_CLOSED]:
                raise
            return False
        return True

    first, second, *kept = await asyncio.gather(
        sweep(), sweep(), *(come_back(customer) for customer in customers)
    )

    assert isinstance(first, SweepProgress)
    assert isinstance(second, SweepProgress)
    assert first.abandoned_count + second.abandoned_count == kept.count(False)
    for customer, is_kept in zip(customers, kept, strict=True):
        last = (await customer.events())[-1].event_type
        abandoned = BookingSessionEventType.SESSION_ABANDONED
        assert last is (BookingSessionEventType.FIELD_UPDATED if is_kept else abandoned)
        assert await find_session_problems(customer.session_id) == ()


async def test_many_idle_sessions_are_swept_in_batches_and_a_caller_may_stop_between() -> None:
    place = await a_place()
    records = await _copies(await a_visitor(place), count=230)

    async with contextlib.aclosing(sweep_idle_sessions(now=IDLE, idle_time=HOUR)) as batches:
        first = await anext(batches)
    rest = [each async for each in sweep_idle_sessions(now=IDLE, idle_time=HOUR)]

    assert (first.found_count, first.abandoned_count) == (100, 100)
    assert [each.abandoned_count for each in rest] == [100, len(records) - 100]
    assert {await status_of(Customer(place, each)) for each in records} == {
        BookingSessionStatus.ABANDONED
    }


async def test_broken_session_is_counted_and_does_not_keep_the_others_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, sound = await a_visitor(), await a_visitor()
    await BookingSession.find_one({"_id": broken.session_id}).update(
        {"$set": {"metrics": {"event_count": "Rosa"}}}
    )

    progress = await sweep()

    assert progress == SweepProgress(found_count=2, abandoned_count=1, failed_count=1)
    assert await status_of(sound) is BookingSessionStatus.ABANDONED
    assert broken.session_id in caplog.text
    assert "Rosa" not in caplog.text


async def test_sweep_that_finds_nothing_asks_twice_whatever_the_number_of_sessions(
    command_counter: CommandCounter,
) -> None:
    place = await a_place()
    for _ in range(3):
        await a_visitor(place)

    with command_counter.counting() as names:
        await sweep(now=JUST_NOT_IDLE)

    assert names == ["find organizations", "find booking_sessions"]


async def _copies(customer: Customer, *, count: int) -> list[str]:
    """Store more sessions like the customer's; return the ids of all of them."""
    session = await customer.stored()
    copies = [session.model_copy(update={"id": new_id()}) for _ in range(count - 1)]
    await BookingSession.insert_many(copies)
    for copy in copies:
        events = [event.model_copy(update={"id": new_id()}) for event in await customer.events()]
        await Customer(customer.place, copy.id).insert_events_only(events)
    return [customer.session_id, *(copy.id for copy in copies)]
