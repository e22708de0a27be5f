"""Rollups of what became of bookings, which changes long after their sessions."""

from datetime import datetime, timedelta

import pytest

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter
from app.documents.vendor_news import VendorNews, apply_news
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import CountSection
from app.domain.analytics.vendor_outcome import VendorOutcome
from app.domain.booking import BookingChange, BookingChanger, BookingStatus
from app.domain.booking_session.state import is_completed
from app.domain.vendor import VendorBookingStatus
from app.services.analytics.choices import load_vendor_outcome
from app.services.analytics.rollups import refresh_rollups
from app.services.analytics.sources import open_source
from app.services.booking_sessions.complete import restore_booking
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import Place, a_place, a_ready_customer

pytestmark = pytest.mark.usefixtures("database")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEKS_LATER = NOW + 30 * DAY
HOUR_OF_SESSION = NOW.replace(minute=0), NOW.replace(minute=0) + HOUR


async def a_booking(place: Place) -> Booking:
    customer = await a_ready_customer(place=place)
    await customer.complete()
    booking = await Booking.find_one({"booking_session_id": customer.session_id})
    assert booking is not None
    return booking


async def refresh(place: Place, *, now: datetime) -> int:
    """Return how many hours were counted."""
    hour_count = 0
    async for progress in refresh_rollups(place.organization_id, now=now):
        hour_count = progress.hour_count
    return hour_count


def a_scope(place: Place) -> ReportScope:
    return ReportScope(
        organization_id=place.organization_id, created_from=NOW - DAY, created_to=NOW + 2 * DAY
    )


async def outcome_of(place: Place, *, now: datetime) -> VendorOutcome:
    return await load_vendor_outcome(a_scope(place), now=now)


async def direct_parts(place: Place, section: CountSection) -> list[tuple[datetime, datetime]]:
    source = await open_source(a_scope(place), section, now=WEEKS_LATER)
    return [(part.created_from, part.created_to) for part in source.direct]


async def tell_of_a_job(booking: Booking, *, now: datetime) -> None:
    news = VendorNews(
        vendor_booking_id="7", status=VendorBookingStatus.CONVERTED, job_id="8", modified_on=now
    )
    assert await apply_news(booking.organization_id, booking.id, news, now=now)


async def test_bookings_are_not_read_for_what_rollups_know(
    command_counter: CommandCounter,
) -> None:
    place = await a_place()
    await a_booking(place)
    await refresh(place, now=WEEKS_LATER)

    with command_counter.counting() as commands:
        outcome = await outcome_of(place, now=WEEKS_LATER)

    assert (outcome.booked_count, outcome.known_count) == (1, 0)
    assert commands == [
        "find analytics_checkpoints",
        "aggregate booking_sessions",
        "aggregate bookings",
        "find analytics_rollups",
    ]


async def test_news_of_the_vendor_weeks_later_are_seen_at_once_and_counted_anew() -> None:
    place = await a_place()
    booking, _ = await a_booking(place), await a_booking(place)
    await refresh(place, now=WEEKS_LATER - DAY)
    await tell_of_a_job(booking, now=WEEKS_LATER)

    assert await direct_parts(place, CountSection.BOOKINGS) == [HOUR_OF_SESSION]
    assert await direct_parts(place, CountSection.PROGRESS) == []
    before = await outcome_of(place, now=WEEKS_LATER)
    assert await refresh(place, now=WEEKS_LATER) == 1
    assert await refresh(place, now=WEEKS_LATER + HOUR) == 1
    assert await refresh(place, now=WEEKS_LATER + 2 * HOUR) == 0
    assert await direct_parts(place, CountSection.BOOKINGS) == []
    assert await outcome_of(place, now=WEEKS_LATER) == before
    assert (before.booked_count, before.known_count, before.job_count) == (2, 1, 1)


async def test_cancelled_bookings_are_seen_and_those_of_others_are_not() -> None:
    place, other = await a_place(), await a_place()
    booking = await a_booking(place)
    await a_booking(other)
    for each in (place, other):
        await refresh(each, now=WEEKS_LATER - DAY)

    change = BookingChange(at=WEEKS_LATER, changed_by=BookingChanger.CUSTOMER)
    await booking.change(change, status=BookingStatus.CANCELLED, now=WEEKS_LATER)

    assert await direct_parts(other, CountSection.BOOKINGS) == []
    assert (await outcome_of(place, now=WEEKS_LATER)).cancelled_count == 1
    assert (await outcome_of(other, now=WEEKS_LATER)).cancelled_count == 0


async def test_a_booking_that_a_crash_kept_from_being_stored_is_counted_once_it_is_restored() -> (
    None
):
    place = await a_place()
    booking = await a_booking(place)
    await booking.delete()
    await refresh(place, now=NOW + HOUR)
    lost = await outcome_of(place, now=NOW + HOUR)

    session = await BookingSession.get(booking.booking_session_id)
    assert session is not None
    state = session.to_state()
    assert is_completed(state)
    await restore_booking(session, state)

    assert lost.booked_count == 0
    assert (await outcome_of(place, now=NOW + HOUR)).booked_count == 1
    await refresh(place, now=NOW + HOUR)
    assert (await outcome_of(place, now=NOW + HOUR)).booked_count == 1
