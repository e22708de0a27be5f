"""Proving sessions right, and mending those that are not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import CommandCounter, Database, new_id
from app.domain.booking_session.audit import Finding, FindingKind
from app.domain.booking_session.event_references import EventIdPolicy, EventIdPolicyKind
from app.services.booking_sessions import verification
from app.services.booking_sessions.verification import (
    VerificationReport,
    find_session_problems,
    rebuild_sessions,
    verify_sessions,
)
from tests.domain.booking_session.builders import ZIP, completed, entered, updated
from tests.services.booking_sessions.builders import (
    LATER,
    Customer,
    a_customer,
    a_ready_customer,
)

pytestmark = pytest.mark.usefixtures("empty")

NEXT_DAY = LATER.replace(day=LATER.day + 1)


@pytest_asyncio.fixture(loop_scope="module")
async def empty(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """No session, event or booking at all, and no waiting for writers there are none of."""
    monkeypatch.setattr(verification, "SECONDS_BEFORE_SECOND_LOOK", 0)
    for document in (BookingSession, BookingSessionEventDocument, Booking):
        await document.delete_all()


async def verify() -> tuple[VerificationReport, list[Finding]]:
    findings: list[Finding] = []
    return await verify_sessions(now=NEXT_DAY, on_finding=findings.append), findings


async def rebuild() -> tuple[VerificationReport, list[Finding]]:
    findings: list[Finding] = []
    return await rebuild_sessions(now=NEXT_DAY, on_finding=findings.append), findings


async def damage_session(customer: Customer, changes: Mapping[str, Any]) -> None:
    await BookingSession.get_motor_collection().update_one(
        {"_id": customer.session_id}, {"$set": dict(changes)}
    )


async def damage_event(customer: Customer, sequence: int, changes: Mapping[str, Any]) -> None:
    await BookingSessionEventDocument.get_motor_collection().update_one(
        {"booking_session_id": customer.session_id, "sequence": sequence}, {"$set": dict(changes)}
    )


async def remove_events(customer: Customer, *sequences: int) -> None:
    await BookingSessionEventDocument.get_motor_collection().delete_many(
        {"booking_session_id": customer.session_id, "sequence": {"$in": list(sequences)}}
    )


def fail(found: Finding) -> None:
    pytest.fail(str(found))


def kinds(findings: list[Finding]) -> list[tuple[FindingKind, str]]:
    return [(found.kind, found.booking_session_id) for found in findings]


async def test_sessions_as_they_should_be_are_counted_and_nothing_is_told_of_them() -> None:
    await a_customer(updated(ZIP, "zipcode", "01963"), completed(ZIP, zipcode="01963"))
    booked = await a_ready_customer()
    await booked.complete()
    progress: list[tuple[int, int]] = []

    report = await verify_sessions(
        now=NEXT_DAY,
        on_finding=fail,
        on_progress=lambda done, of: progress.append((done, of)),
    )

    event_count = 3 + len(await booked.events())
    assert report == VerificationReport(session_count=2, event_count=event_count, finding_count=0)
    assert progress == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 1},
        {"metrics.field_update_count": 7},
        {"current_state.form_data": {}},
        {"sequence": 9},
    ],
)
async def test_snapshot_that_is_not_what_the_events_say_is_found_and_mended(
    changes: dict[str, Any],
) -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    right = (await customer.stored()).to_state()
    await damage_session(customer, changes)

    _, found = await verify()
    report, left = await rebuild()

    assert kinds(found) == [(FindingKind.SNAPSHOT_DIFFERS, customer.session_id)]
    assert left == []
    assert (report.finding_count, report.mended_session_count) == (0, 1)
    assert (await customer.stored()).to_state() == right


async def test_snapshot_beyond_reading_is_found_without_its_values_and_mended() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    right = (await customer.stored()).to_state()
    await damage_session(customer, {"metrics": {"duration_ms": "Rosa Diaz"}})

    _, found = await verify()
    _, left = await rebuild()

    assert kinds(found) == [(FindingKind.UNREADABLE, customer.session_id)]
    assert "Rosa" not in found[0].detail
    assert left == []
    assert (await customer.stored()).to_state() == right


async def test_missing_event_is_found_and_cannot_be_mended() -> None:
    customer = await a_customer(*(updated(ZIP, "zipcode", str(n)) for n in range(3)))
    before = (await customer.stored()).to_state()
    await remove_events(customer, 3)

    _, found = await verify()
    report, left = await rebuild()

    assert kinds(found) == [(FindingKind.BROKEN_STREAM, customer.session_id)]
    assert left == found
    assert (report.finding_count, report.mended_session_count) == (1, 0)
    assert (await customer.stored()).to_state() == before


async def test_session_without_any_event_is_found() -> None:
    customer = await a_customer()
    await remove_events(customer, 1)

    assert kinds((await verify())[1]) == [(FindingKind.EVENTS_MISSING, customer.session_id)]
    assert kinds((await rebuild())[1]) == [(FindingKind.EVENTS_MISSING, customer.session_id)]


async def test_batch_cut_short_at_the_end_is_found_and_removed() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "kept"))
    await damage_event(customer, 2, {"batch_end": 2})
    whole = await customer.events()
    [event] = [whole[1].model_copy(update={"id": new_id(), "sequence": 3, "batch_end": 4})]
    await customer.insert_events_only([event.model_copy(update={"client_event_id": "torn"})])

    _, found = await verify()
    _, left = await rebuild()

    assert kinds(found) == [(FindingKind.CUT_SHORT_BATCH, customer.session_id)]
    assert left == []
    assert await customer.events() == whole


async def test_batch_cut_short_in_the_middle_is_a_broken_stream() -> None:
    customer = await a_customer(*(updated(ZIP, "zipcode", str(n)) for n in range(2)))
    await customer.record(entered(ZIP))
    await damage_event(customer, 2, {"batch_end": 3})
    await damage_event(customer, 3, {"batch_end": 4})

    assert kinds((await verify())[1]) == [(FindingKind.BROKEN_STREAM, customer.session_id)]


async def test_event_that_cannot_be_read_is_found_and_left_alone() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    await damage_event(customer, 2, {"data": {"field": ["zipcode"]}})

    _, found = await verify()

    assert kinds(found) == [(FindingKind.UNREADABLE, customer.session_id)]
    assert (await rebuild())[1] == found


async def test_event_ids_that_are_not_those_of_the_policy_are_found_and_mended() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    right = (await customer.stored()).booking_session_event_ids
    await damage_session(customer, {"booking_session_event_ids": [*right, new_id()]})

    _, found = await verify()
    _, left = await rebuild()

    assert kinds(found) == [(FindingKind.EVENT_IDS_WRONG, customer.session_id)]
    assert left == []
    assert (await customer.stored()).booking_session_event_ids == right


@pytest.mark.parametrize("kind", EventIdPolicyKind)
async def test_event_ids_stay_bounded_and_right_over_many_batches(kind: EventIdPolicyKind) -> None:
    customer = await a_customer(policy=EventIdPolicy(kind=kind, limit=3))
    for n in range(4):
        await customer.record(
            updated(ZIP, "zipcode", str(n)), completed(ZIP, zipcode="01963"), entered(ZIP)
        )

    ids = (await customer.stored()).booking_session_event_ids
    events = await customer.events()
    wanted = {
        EventIdPolicyKind.ROLLING_WINDOW: [1, 12, 13],
        EventIdPolicyKind.SIGNIFICANT_EVENTS: [1, 9, 12],
    }[kind]
    assert [event.sequence for event in events if event.id in ids] == wanted
    assert await find_session_problems(customer.session_id) == ()


async def test_missing_booking_of_a_completed_session_is_found_and_stored_again() -> None:
    customer = await a_ready_customer()
    _, booking = await customer.complete()
    await booking.delete()

    _, found = await verify()
    _, left = await rebuild()

    assert kinds(found) == [(FindingKind.BOOKING_MISSING, customer.session_id)]
    assert left == []
    assert await Booking.get(booking.id) == booking


async def test_events_of_no_session_are_told_once_a_minute_has_passed() -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    await (await customer.stored()).delete()
    findings: list[Finding] = []

    at_once = await verify_sessions(now=LATER, on_finding=findings.append)
    later, told = await verify()

    assert kinds(findings) == [(FindingKind.SESSION_MISSING, customer.session_id)]
    assert kinds(told) == [(FindingKind.SESSION_MISSING, customer.session_id)]
    assert at_once.session_count == later.session_count == 0


async def test_session_that_is_just_being_started_is_no_orphan() -> None:
    customer = await a_customer(now=LATER - timedelta(seconds=1))
    await (await customer.stored()).delete()

    report = await verify_sessions(now=LATER, on_finding=fail)

    assert report.finding_count == 0


async def test_what_heals_while_it_is_looked_at_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = await a_customer(updated(ZIP, "zipcode", "01963"))
    await damage_session(customer, {"sequence": 1})
    right = verification._settle_suspects

    async def heal_first(*arguments: Any) -> None:
        await damage_session(customer, {"sequence": 2})
        await right(*arguments)

    monkeypatch.setattr(verification, "_settle_suspects", heal_first)

    assert (await verify())[1] == []


async def test_rebuilding_does_not_replace_what_was_stored_meanwhile() -> None:
    customer = await a_customer()
    old = (await customer.stored()).to_state()
    await customer.record(updated(ZIP, "zipcode", "01963"))
    newer = await customer.stored()

    is_replaced = await BookingSession.replace_snapshot(
        customer.session_id, old, stored_sequence=1, event_ids=[], now=LATER
    )

    assert is_replaced is False
    assert await customer.stored() == newer


async def test_commands_grow_by_one_read_of_events_per_session(
    command_counter: CommandCounter,
) -> None:
    for _ in range(3):
        await a_customer()
    with command_counter.counting() as commands:
        await verify()

    assert commands == [
        "count booking_sessions",
        "find booking_sessions",
        *["find booking_session_events"] * 3,
        "find booking_session_events",
        "find booking_sessions",
    ]
