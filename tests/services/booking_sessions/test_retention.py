"""Letting the events of closed sessions go."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import Database
from app.documents.organization import Organization
from app.domain.booking_session.audit import Finding
from app.services.booking_sessions import retention, verification
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.retention import RetentionProgress, apply_retention
from app.services.booking_sessions.verification import rebuild_sessions, verify_sessions
from app.services.organizations import create_organization
from tests.domain.booking_session.builders import NOW, THROUGH_ZIP
from tests.services.booking_sessions.builders import (
    LATER,
    Customer,
    Place,
    a_customer,
    a_place,
    a_ready_customer,
)

DAY = timedelta(days=1)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def empty(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "SECONDS_BEFORE_SECOND_LOOK", 0)
    for document in (BookingSession, BookingSessionEventDocument, Organization):
        await document.delete_all()


async def a_company(days: int | None = None) -> Place:
    organization, _ = await create_organization("Harbor", now=NOW)
    await choose(organization.id, days)
    return await a_place(organization_id=organization.id)


async def choose(organization_id: str, days: int | None) -> None:
    await Organization.get_motor_collection().update_one(
        {"_id": organization_id}, {"$set": {"event_retention_days": days}}
    )


async def an_abandoned_customer(place: Place) -> Customer:
    customer = await a_customer(*THROUGH_ZIP, place=place)
    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=place.organization_id,
        now=LATER,
    )
    return customer


async def keep(*, now: datetime = LATER, default_days: int | None = None) -> RetentionProgress:
    progress = RetentionProgress()
    async for step in apply_retention(now=now, default_days=default_days):
        progress = step
    return progress


async def expiry(customer: Customer) -> list[datetime | None]:
    cursor = BookingSessionEventDocument.get_motor_collection().find(
        {"booking_session_id": customer.session_id}, {"expires_at": 1}, sort=[("sequence", 1)]
    )
    return [raw.get("expires_at") async for raw in cursor]


async def expire(now: datetime) -> None:
    """Remove what the database itself would have removed by now."""
    await BookingSessionEventDocument.get_motor_collection().delete_many(
        {"expires_at": {"$lte": now}}
    )


async def test_events_of_closed_sessions_expire_so_many_days_after_their_end() -> None:
    place = await a_company(30)
    gone, active = await an_abandoned_customer(place), await a_customer(place=place)

    progress = await keep()

    assert progress == RetentionProgress(marked_count=1)
    assert await expiry(gone) == [LATER + 30 * DAY] * 3
    assert (await gone.stored()).events_expire_at == LATER + 30 * DAY
    assert await expiry(active) == [None]
    assert (await active.stored()).events_expire_at is None


async def test_what_is_marked_is_not_marked_again() -> None:
    await an_abandoned_customer(await a_company(30))
    await keep()

    assert await keep() == RetentionProgress()


async def test_each_organization_has_its_own_time_and_the_server_one_for_the_rest() -> None:
    own, other = await a_company(7), await a_company()
    customers = [await an_abandoned_customer(own), await an_abandoned_customer(other)]

    await keep(default_days=60)

    assert [(await each.stored()).events_expire_at for each in customers] == [
        LATER + 7 * DAY,
        LATER + 60 * DAY,
    ]


async def test_without_any_choice_events_are_kept_for_ever() -> None:
    customer = await an_abandoned_customer(await a_company())

    assert await keep() == RetentionProgress()
    assert await expiry(customer) == [None] * 3


async def test_events_of_an_organization_that_is_gone_are_left_alone() -> None:
    customer = await an_abandoned_customer(await a_place())

    assert await keep(default_days=1) == RetentionProgress()
    assert await expiry(customer) == [None] * 3


@pytest.mark.parametrize(("days", "expected"), [(90, 90), (10, 10), (None, None)])
async def test_change_of_mind_reaches_events_marked_before(
    days: int | None, expected: int | None
) -> None:
    place = await a_company(30)
    customer = await an_abandoned_customer(place)
    await keep()

    await choose(place.organization_id, days)
    await keep()

    when = None if expected is None else LATER + expected * DAY
    assert await expiry(customer) == [when] * 3
    assert (await customer.stored()).events_expire_at == when
    assert await keep() == RetentionProgress()


async def test_no_event_expires_within_a_day_of_being_marked() -> None:
    customer = await an_abandoned_customer(await a_company(1))
    a_year_later = LATER + 365 * DAY

    await keep(now=a_year_later)

    assert await expiry(customer) == [a_year_later + DAY] * 3


async def test_expired_sessions_stay_so_whatever_is_chosen_later() -> None:
    place = await a_company(30)
    customer = await an_abandoned_customer(place)
    await keep()
    await expire(LATER + 30 * DAY)

    for days in (90, None, 5):
        await choose(place.organization_id, days)
        assert await keep(now=LATER + 31 * DAY) == RetentionProgress(gone_count=1)
        assert await keep(now=LATER + 31 * DAY) == RetentionProgress()

    assert (await customer.stored()).events_expire_at == LATER + 30 * DAY


async def test_marking_cut_short_is_finished_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "SESSIONS_PER_BATCH", 2)
    place = await a_company(30)
    customers = [await an_abandoned_customer(place) for _ in range(5)]
    async with contextlib.aclosing(apply_retention(now=LATER, default_days=None)) as run:
        first = await anext(run)

    assert first == RetentionProgress(marked_count=2)
    assert await keep() == RetentionProgress(marked_count=3)
    assert [await expiry(each) for each in customers] == [[LATER + 30 * DAY] * 3] * 5


async def test_session_that_names_no_expiry_yet_is_marked_though_its_events_are() -> None:
    customer = await an_abandoned_customer(await a_company(30))
    await BookingSessionEventDocument.get_motor_collection().update_many(
        {"booking_session_id": customer.session_id}, {"$set": {"expires_at": LATER}}
    )

    await keep()

    assert await expiry(customer) == [LATER + 30 * DAY] * 3
    assert (await customer.stored()).events_expire_at == LATER + 30 * DAY


async def test_event_that_completed_a_session_is_kept_for_the_key_it_was_booked_with() -> None:
    customer = await a_ready_customer(place=await a_company(30))
    _, booking = await customer.complete("key")
    await keep()

    await expire(LATER + 30 * DAY)

    events = await customer.events()
    assert [event.event_type.value for event in events] == ["session_completed"]
    _, again = await customer.complete("key")
    assert again.id == booking.id


@pytest.mark.parametrize("left", [0, 2])
async def test_sessions_whose_events_are_going_are_counted_and_never_mended(left: int) -> None:
    customer = await an_abandoned_customer(await a_company(30))
    await keep()
    before = (await customer.stored()).to_state()
    # In any order: what is left may be a beginning that looks whole.
    await BookingSessionEventDocument.get_motor_collection().delete_many(
        {"booking_session_id": customer.session_id, "sequence": {"$gt": left}}
    )
    findings: list[Finding] = []
    options: dict[str, Any] = {"now": LATER + 29 * DAY, "on_finding": findings.append}

    verified = await verify_sessions(**options)
    rebuilt = await rebuild_sessions(**options)

    assert findings == []
    assert (verified.expired_session_count, rebuilt.expired_session_count) == (1, 1)
    assert rebuilt.mended_session_count == 0
    assert (await customer.stored()).to_state() == before


async def test_events_missing_before_their_time_are_still_found() -> None:
    customer = await an_abandoned_customer(await a_company(30))
    await keep()
    await expire(LATER + 30 * DAY)
    findings: list[Finding] = []

    await verify_sessions(now=LATER, on_finding=findings.append)

    assert [found.booking_session_id for found in findings] == [customer.session_id]


async def test_marked_sessions_are_found_from_an_index() -> None:
    for days in (None, {"$lt": 3}, {"$gt": 3}):
        query = {
            "organization_id": "a" * 24,
            "booking_outcome.status": "abandoned",
            "event_retention_days": days,
        }
        plan = await BookingSession.get_motor_collection().find(query).explain()
        assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
        assert "organization_status" in str(plan["queryPlanner"]["winningPlan"])
