"""A process killed while it completes a session, at every point there is."""

import multiprocessing
import signal
from datetime import timedelta

import pytest

from app.documents.booking import Booking
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import Database, new_id
from app.documents.missing_bookings import completions_query
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.booking_session.state import BookingSessionStatus
from app.services.booking_sessions import complete
from app.services.booking_sessions.recovery import BookingRecovery
from app.services.booking_sessions.verification import find_session_problems
from tests.services.booking_sessions import dying
from tests.services.booking_sessions.builders import LATER, Customer, a_place, a_ready_customer
from tests.services.vendor.accounts import store_account

pytestmark = pytest.mark.usefixtures("database")

MOST_COMMANDS = 40
A_MINUTE_LATER = LATER + timedelta(minutes=1)


def complete_until(fatal: int, customer: Customer, uri: str, database: Database) -> int:
    """Let a process of its own complete the session, killed at a command; return its exit code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([dying.__name__])
    process = context.Process(
        target=dying.complete_and_die,
        args=(uri, database.name, customer.place.organization_id, customer.session_id, fatal),
    )
    process.start()
    process.join(timeout=60)
    return process.exitcode or 0


async def completions_of(customer: Customer) -> int:
    completed = BookingSessionEventType.SESSION_COMPLETED
    return sum(event.event_type is completed for event in await customer.events())


async def bookings_of(customer: Customer) -> list[Booking]:
    return await Booking.find({"booking_session_id": customer.session_id}).to_list()


async def test_killed_at_any_command_there_is_a_closed_session_with_a_due_booking_or_neither(
    database: Database, database_uri: str
) -> None:
    organization_id = new_id()
    await store_account(organization_id)
    left_behind: list[int] = []
    for fatal in range(1, MOST_COMMANDS):
        place = await a_place(capacity=1, organization_id=organization_id)
        customer = await a_ready_customer(place=place)
        exit_code = complete_until(fatal, customer, database_uri, database)
        stored_before = len(await bookings_of(customer))

        counts = await BookingRecovery().restore_missing(now=A_MINUTE_LATER)

        bookings = await bookings_of(customer)
        is_completed = await completions_of(customer)
        assert len(bookings) == is_completed
        assert counts == {"restored_count": is_completed - stored_before, "failed_count": 0}
        status = (await customer.stored()).booking_outcome.status
        assert (status is BookingSessionStatus.COMPLETED) == bool(is_completed)
        assert all(booking.vendor_push is not None for booking in bookings)
        assert await find_session_problems(customer.session_id) == ()
        left_behind.append(counts["restored_count"])
        if exit_code == 0:
            break
        assert exit_code == -signal.SIGKILL
        # The customer who tries again gets the same booking, or the first one.
        _, booking = await customer.complete("key")
        assert [each.id for each in bookings or [booking]] == [booking.id]
        assert len(await bookings_of(customer)) == 1

    # Some of the kills came between the session and its booking.
    assert exit_code == 0
    assert sum(left_behind) > 0


async def test_recovery_looks_for_completions_by_an_index() -> None:
    events = BookingSessionEventDocument.get_motor_collection()
    query = completions_query(LATER, A_MINUTE_LATER)

    plan = await events.find(query).sort("timestamp", 1).explain()

    assert "IXSCAN" in str(plan)
    assert "completion_timestamp" in str(plan)


async def test_a_completion_under_way_is_left_alone_and_found_the_next_time() -> None:
    customer = await a_ready_customer()
    recovery = BookingRecovery()
    await recovery.restore_missing(now=LATER)
    _, booking = await customer.complete()
    await booking.delete()

    at_once = await recovery.restore_missing(now=LATER + timedelta(seconds=1))
    before = await bookings_of(customer)
    later = await recovery.restore_missing(now=A_MINUTE_LATER)

    assert (at_once["restored_count"], before, later["restored_count"]) == (0, [], 1)
    assert [each.id for each in await bookings_of(customer)] == [booking.id]


async def test_a_booking_whose_code_is_taken_gets_another(monkeypatch: pytest.MonkeyPatch) -> None:
    place = await a_place()
    codes = iter(["SAMECODE", "SAMECODE", "FREECODE"])
    monkeypatch.setattr(complete, "new_confirmation_code", lambda: next(codes))

    _, first = await (await a_ready_customer(place=place)).complete()
    customer = await a_ready_customer(place=place)
    _, second = await customer.complete()

    assert (first.confirmation_code, second.confirmation_code) == ("SAMECODE", "FREECODE")
    assert [each.confirmation_code for each in await bookings_of(customer)] == ["FREECODE"]
