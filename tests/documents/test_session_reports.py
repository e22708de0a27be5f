"""What the reports ask the database: which index, and how many commands."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter, Database
from app.documents.session_moments import stream_moments
from app.documents.session_reports import match_scope
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.booking_session.event_types import BookingSessionEventType as Kind
from app.services.analytics.sessions import load_breakdown, load_progression
from app.services.analytics.steps import load_funnel, load_step_counts
from tests.domain.booking_session.builders import NOW, SERVICE, STEPS, THROUGH_ZIP, entered
from tests.services.analytics.histories import republish
from tests.services.booking_sessions.builders import Place, a_customer, a_place

pytestmark = pytest.mark.usefixtures("database")

HOUR = timedelta(hours=1)


def a_scope(place: Place, **changes: Any) -> ReportScope:
    fields = {
        "organization_id": place.organization_id,
        "created_from": NOW - HOUR,
        "created_to": NOW + HOUR,
        **changes,
    }
    return ReportScope(**fields)


async def used_indexes(database: Database, command: dict[str, Any]) -> list[str]:
    explained = await database.command("explain", command)
    plan = explained["queryPlanner"]["winningPlan"]
    stages = [plan, plan.get("inputStage", {})]
    return [stage["indexName"] for stage in stages if stage["stage"] == "IXSCAN"]


@pytest.mark.parametrize("flow_id", [None, "b" * 24])
async def test_sessions_of_a_report_are_found_by_their_time_of_creation(
    database: Database, flow_id: str | None
) -> None:
    scope = a_scope(await a_place(), booking_flow_id=flow_id)
    pipeline = [*match_scope(scope), {"$group": {"_id": None}}]

    used = await used_indexes(
        database, {"aggregate": "booking_sessions", "pipeline": pipeline, "cursor": {}}
    )

    assert used == ["organization_created"]


@pytest.mark.parametrize(
    ("collection", "query", "index"),
    [
        ("booking_session_events", {"booking_session_id": "a"}, "session_"),
        ("booking_flow_revisions", {"organization_id": "a"}, "organization_"),
        (
            "booking_flow_revisions",
            {"organization_id": "a", "booking_flow_id": "b"},
            "organization_flow_revision",
        ),
    ],
)
async def test_events_and_revisions_are_found_by_an_index(
    database: Database, collection: str, query: dict[str, str], index: str
) -> None:
    used = await used_indexes(database, {"find": collection, "filter": query})

    assert [name.startswith(index) for name in used] == [True]


async def test_ranges_contain_their_beginning_and_not_their_end_to_the_millisecond() -> None:
    place = await a_place()
    moments = [NOW + timedelta(milliseconds=n) for n in range(3)]
    for moment in moments:
        await a_customer(place=place, now=moment)
    scope = a_scope(place, created_from=moments[0], created_to=moments[2])

    rows = await load_progression(scope, now=NOW)

    assert [row.count for row in rows] == [2]


async def test_events_that_no_snapshot_reflects_yet_tell_no_times() -> None:
    place = await a_place()
    customer = await a_customer(*THROUGH_ZIP, place=place)
    await BookingSession.get_motor_collection().update_one(
        {"_id": customer.session_id}, {"$set": {"sequence": 1}}
    )

    moments = [each async for each in stream_moments(a_scope(place), now=NOW)]

    assert [moment.event_type for moment in moments] == [Kind.SESSION_STARTED]


async def test_commands_of_a_report_do_not_grow_with_sessions_steps_or_revisions(
    command_counter: CommandCounter,
) -> None:
    place = await a_place()
    scope = a_scope(place)
    counts = []
    for sessions in (0, 1, 5):
        for n in range(sessions):
            on = await republish(place, steps=STEPS[: n + 2], revision=10 * sessions + n)
            await a_customer(*THROUGH_ZIP, entered(SERVICE), place=on)
        with command_counter.counting() as commands:
            await load_step_counts(scope, now=NOW)
            await load_funnel(scope, now=NOW)
            await load_progression(scope, now=NOW)
            for dimension in BreakdownDimension:
                await load_breakdown(scope, dimension, zone=UTC, now=NOW)
            counts.append(list(commands))

    sessions_read = "aggregate booking_sessions"
    revisions_read = "find booking_flow_revisions"
    expected = [sessions_read, revisions_read, sessions_read, revisions_read]
    assert counts == [[*expected, *[sessions_read] * (2 + len(BreakdownDimension))]] * 3
