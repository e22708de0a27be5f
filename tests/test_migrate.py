"""`scheduler migrate`, as an operator runs it and kills it."""

import os
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

from app.documents.driver import Database, new_id
from app.documents.migration_record import MigrationRecord
from tests.documents.test_migrations import FORMER_INDEXES
from tests.running_server import SCHEDULER, run_scheduler

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
WINDOWS = 600
FIRST = "0001-reservations-by-start"

Environment = dict[str, str]


@pytest.fixture
def environment(database: Database, database_uri: str) -> Environment:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": database.name,
    }


async def many_former_reservations(database: Database) -> None:
    """Store two reservations each of many windows, that are the same place by start."""
    await database["migrations"].delete_many({})
    reservations = database["timeslot_reservations"]
    await reservations.drop_indexes()
    await reservations.create_indexes(list(FORMER_INDEXES))
    await reservations.insert_many(
        {
            "_id": new_id(),
            "organization_id": "a" * 24,
            "booking_flow_step_id": step_id,
            "start_time": NOW,
            "end_time": NOW + timedelta(hours=hours),
            "place": 0,
            "booking_session_id": new_id(),
            "created_at": NOW,
            "updated_at": NOW,
        }
        for step_id in [new_id() for _ in range(WINDOWS)]
        for hours in (2, 8)
    )


def start_migrating(environment: Environment) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([SCHEDULER, "migrate"], env=environment, stderr=subprocess.DEVNULL)


def what_migrate_says(environment: Environment, *options: str) -> list[str]:
    command = [SCHEDULER, "migrate", *options]
    said = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return said.stdout.splitlines()


async def test_killed_migration_is_gone_on_with_and_every_place_is_right(
    database: Database, environment: Environment
) -> None:
    await many_former_reservations(database)
    killed = start_migrating(environment)
    deadline = time.monotonic() + 60
    record = None
    while record is None or record.checkpoint is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)  # noqa: ASYNC251 - nothing else is to run.
        record = await MigrationRecord.get(FIRST)
    killed.kill()
    assert killed.wait() < 0
    record = await MigrationRecord.get(FIRST)
    assert record is not None
    assert record.finished_at is None

    answer = run_scheduler(["migrate", "--json"], environment)

    outcome = answer["migrations"][0]
    # What the killed run had done is not looked at again, but for the batch under way.
    assert 0 < outcome["changedCount"] < WINDOWS
    cursor = database["timeslot_reservations"].find({})
    taken = sorted([(raw["booking_flow_step_id"], raw["place"]) async for raw in cursor])
    assert [place for _, place in taken] == [0, 1] * WINDOWS


async def test_dry_run_and_run_answer_in_words_and_again_in_json(
    environment: Environment,
) -> None:
    assert what_migrate_says(environment, "--contract", "--dry-run") == [
        f"{FIRST}: finished",
        "0002-reservation-indexes-of-0001: Drop the indexes of reservations that 0001 replaced",
        "  would drop the index timeslot_reservations.step_window_place",
        "0003-client-event-ids: Give events that no client sent an id, "
        "and make the index of ids a plain one",
        "0004-indexes-of-texts: finished",
        "0005-indexes-of-0004: Drop the indexes that 0004 replaced",
        "0006-unique-within-organizations: finished",
        "0007-unique-indexes-of-0006: Drop the indexes of places and bookings that 0006 replaced",
        "  would drop the index timeslot_reservations.step_start_place",
        "  would drop the index timeslot_reservations.session_start",
    ]
    assert run_scheduler(["migrate", "--contract", "--json"], environment) == {
        "migrations": [
            {"id": FIRST, "wasFinished": True, "changedCount": 0},
            {"id": "0002-reservation-indexes-of-0001", "wasFinished": False, "changedCount": 1},
            {"id": "0003-client-event-ids", "wasFinished": False, "changedCount": 0},
            {"id": "0004-indexes-of-texts", "wasFinished": True, "changedCount": 0},
            {"id": "0005-indexes-of-0004", "wasFinished": False, "changedCount": 0},
            {"id": "0006-unique-within-organizations", "wasFinished": True, "changedCount": 0},
            {"id": "0007-unique-indexes-of-0006", "wasFinished": False, "changedCount": 2},
        ]
    }


async def test_new_database_has_nothing_to_migrate(
    database: Database, environment: Environment
) -> None:
    elsewhere = {**environment, "SCHEDULER_DATABASE_NAME": f"{database.name}_new"}

    answer = run_scheduler(["migrate", "--contract", "--json"], elsewhere)

    assert {each["wasFinished"] for each in answer["migrations"]} == {True}
