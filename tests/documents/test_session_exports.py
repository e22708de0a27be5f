"""Reading all sessions of a scope in pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents import session_exports
from app.documents.booking_session import BookingSession
from app.documents.driver import CommandCounter, Database
from app.documents.session_exports import (
    events_query,
    page_pipeline,
    stream_event_pages,
    stream_session_pages,
)
from app.domain.analytics.scope import ReportScope
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import Place, a_customer, a_place
from tests.services.exports.crowd import a_crowd, every

pytestmark = pytest.mark.usefixtures("database")

MILLISECOND = timedelta(milliseconds=1)
LATER = NOW + timedelta(days=1)


def a_scope(place: Place, **changes: Any) -> ReportScope:
    fields = {
        "organization_id": place.organization_id,
        "created_from": datetime(1900, 1, 1, tzinfo=UTC),
        "created_to": datetime(2200, 1, 1, tzinfo=UTC),
        **changes,
    }
    return ReportScope(**fields)


async def read(scope: ReportScope, *, now: datetime = LATER) -> list[list[str]]:
    pages = stream_session_pages(scope, fields=("created_at",), now=now)
    return [[session["_id"] for session in page] async for page in pages]


async def stored_ids(place: Place) -> list[str]:
    """Return all ids of the place's sessions, the newest first."""
    found = BookingSession.get_motor_collection().find({"organization_id": place.organization_id})
    sessions = [(raw["created_at"], raw["_id"]) async for raw in found]
    return [session_id for _, session_id in sorted(sessions, reverse=True)]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_exports, "SESSIONS_PER_PAGE", 10)
    monkeypatch.setattr(session_exports, "EVENTS_PER_PAGE", 7)
    monkeypatch.setattr(session_exports, "SESSIONS_PER_EVENT_QUERY", 4)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    "moments",
    [
        every(timedelta(minutes=7), 57),
        every(timedelta(days=90), 23),
        [*[NOW - timedelta(days=400)] * 25, *[NOW] * 31],
        [*every(timedelta(hours=1), 10), *[NOW - timedelta(days=2000)] * 10],
    ],
    ids=["steady", "sparse", "bursts of a millisecond", "exactly one page"],
)
async def test_every_session_comes_once_and_the_newest_first(moments: list[datetime]) -> None:
    place = await a_crowd(moments)

    pages = await read(a_scope(place))

    assert [session_id for page in pages for session_id in page] == await stored_ids(place)
    assert max(map(len, pages)) <= 10


@pytest.mark.usefixtures("small_pages")
async def test_range_contains_its_beginning_and_not_its_end() -> None:
    moments = [NOW + MILLISECOND * n for n in range(4)]
    place = await a_crowd(moments)
    newest_first = await stored_ids(place)

    scope = a_scope(place, created_from=moments[1], created_to=moments[3])

    assert await read(scope) == [[newest_first[1], newest_first[2]]]


async def test_what_is_created_after_the_export_began_is_no_part_of_it() -> None:
    place = await a_crowd([NOW - MILLISECOND, NOW])

    [[only]] = await read(a_scope(place), now=NOW)

    assert only == (await stored_ids(place))[1]


async def test_empty_centuries_cost_few_commands(command_counter: CommandCounter) -> None:
    place = await a_place()
    with command_counter.counting() as sent:
        assert await read(a_scope(place)) == []

    assert len(sent) < 20


@pytest.mark.parametrize("before_id", [None, "f" * 24])
async def test_pages_are_found_by_the_time_of_creation(
    database: Database, before_id: str | None
) -> None:
    scope = a_scope(await a_place(), booking_flow_id="b" * 24)
    pipeline = page_pipeline(scope, NOW, LATER, ("sequence",), before_id=before_id)
    command = {"aggregate": "booking_sessions", "pipeline": pipeline, "cursor": {}}

    assert await used_indexes(database, command) == ["organization_created"]


async def test_events_of_a_few_sessions_are_found_by_their_index(database: Database) -> None:
    command = {
        "find": "booking_session_events",
        "filter": events_query(["a" * 24, "b" * 24]),
        "sort": {"booking_session_id": 1, "sequence": 1},
    }

    [used] = await used_indexes(database, command)

    assert used.startswith("session_")


async def used_indexes(database: Database, command: dict[str, Any]) -> list[str]:
    explained = await database.command("explain", command)
    stages = [explained["queryPlanner"]["winningPlan"]]
    while "inputStage" in stages[-1]:
        stages.append(stages[-1]["inputStage"])
    return [stage["indexName"] for stage in stages if stage["stage"] == "IXSCAN"]


@pytest.mark.usefixtures("small_pages")
async def test_events_come_session_by_session_and_in_order() -> None:
    place = await a_crowd(every(timedelta(minutes=1), 33))
    pages = stream_event_pages(a_scope(place), fields=("event_type",), now=LATER)

    events = [event async for page in pages for event in page]

    sessions = [event["booking_session_id"] for event in events]
    runs = [s for n, s in enumerate(sessions) if n == 0 or sessions[n - 1] != s]
    assert sorted(runs) == sorted(await stored_ids(place))
    assert [event["sequence"] for event in events] == [1, 2, 3] * 33


async def test_events_beyond_the_snapshot_and_expired_ones_are_left_out() -> None:
    place = await a_place()
    expired = await a_customer(place=place)
    ahead = await a_customer(place=place)
    sessions = BookingSession.get_motor_collection()
    await sessions.update_one({"_id": expired.session_id}, {"$set": {"events_expire_at": NOW}})
    await sessions.update_one({"_id": ahead.session_id}, {"$set": {"sequence": 0}})

    pages = stream_event_pages(a_scope(place), fields=(), now=LATER)

    assert [page async for page in pages] == []
