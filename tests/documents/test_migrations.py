"""What is stored is brought up to date in steps that may be cut short anywhere."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents.driver import ASCENDING, Database, IndexModel, new_id
from app.documents.indexes import find_index_differences
from app.documents.migration_record import MigrationRecord
from app.documents.migrations import MIGRATIONS
from app.documents.migrations.index_changes import create_indexes
from app.documents.migrations.migration import Batch, Migration, Phase
from app.documents.migrations.runner import LeaseLost, preview_migrations, run_migrations
from app.documents.timeslot_reservation import Terms, TimeslotReservation, WantedPlace

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
RESERVATION_MIGRATIONS = MIGRATIONS[:2]
FORMER_INDEXES = (
    IndexModel(
        [
            ("booking_flow_step_id", ASCENDING),
            ("start_time", ASCENDING),
            ("end_time", ASCENDING),
            ("place", ASCENDING),
        ],
        name="step_window_place",
        unique=True,
    ),
    IndexModel([("booking_session_id", ASCENDING)], name="booking_session", unique=True),
)

NEEDS_EVERY_INDEX = True


def clock() -> datetime:
    return datetime.now(UTC)


async def a_former_database(database: Database) -> None:
    """Make the reservations what the version before 0001 had."""
    await database["migrations"].delete_many({})
    reservations = database["timeslot_reservations"]
    await reservations.delete_many({})
    await reservations.drop_indexes()
    await reservations.create_indexes(list(FORMER_INDEXES))


async def a_former_reservation(
    database: Database, *, step_id: str = "b" * 24, hours: int = 4, place: int = 0
) -> str:
    session_id = new_id()
    await database["timeslot_reservations"].insert_one(
        {
            "_id": new_id(),
            "organization_id": "a" * 24,
            "booking_flow_step_id": step_id,
            "start_time": NOW,
            "end_time": NOW + timedelta(hours=hours),
            "place": place,
            "booking_session_id": session_id,
            "created_at": NOW,
            "updated_at": NOW,
        }
    )
    return session_id


async def places(database: Database) -> dict[str, int]:
    cursor = database["timeslot_reservations"].find({})
    return {raw["booking_session_id"]: raw["place"] async for raw in cursor}


async def test_places_that_are_the_same_by_start_are_moved_and_the_older_stays(
    database: Database,
) -> None:
    await a_former_database(database)
    morning = await a_former_reservation(database, hours=2)
    day = await a_former_reservation(database, hours=8)
    second = await a_former_reservation(database, hours=8, place=1)
    elsewhere = await a_former_reservation(database, step_id="c" * 24)

    outcomes = await run_migrations(RESERVATION_MIGRATIONS, clock=clock)

    assert await places(database) == {morning: 0, day: 2, second: 1, elsewhere: 0}
    assert [(each.was_finished, each.changed_count) for each in outcomes] == [
        (False, 4),
        (False, 1),
    ]


async def test_indexes_are_as_declared_after_all_migrations_and_a_start(
    database: Database,
) -> None:
    await a_former_database(database)

    await run_migrations(MIGRATIONS, clock=clock)
    await database["timeslot_reservations"].create_indexes(
        [
            each
            for each in TimeslotReservation.Settings.indexes
            if each.document["name"] == "held_until"
        ]
    )

    assert await find_index_differences() == []


async def test_index_that_only_old_servers_need_stays_until_the_contract_phase(
    database: Database,
) -> None:
    await a_former_database(database)
    expanding = [each for each in MIGRATIONS if each.phase is Phase.EXPAND]

    await run_migrations(expanding, clock=clock)

    assert set(await database["timeslot_reservations"].index_information()) == {
        "_id_",
        "step_window_place",
        "step_start_place",
        "session_start",
        "organization_step_start_place",
        "organization_session_start",
    }


async def test_old_server_that_goes_on_takes_no_place_twice_and_a_session_may_have_two(
    database: Database,
) -> None:
    await a_former_database(database)
    session_id = await a_former_reservation(database, hours=2)
    await run_migrations(MIGRATIONS[:1], clock=clock)

    with pytest.raises(Exception, match="E11000"):
        await a_former_reservation(database, hours=8, place=0)
    later = NOW + timedelta(hours=6)
    wanted = WantedPlace(
        organization_id="a" * 24,
        step_id="b" * 24,
        booking_session_id=session_id,
        start_time=later,
        end_time=later + timedelta(hours=2),
        capacity=1,
    )

    assert await TimeslotReservation.insert_place(wanted, 0, Terms(), now=NOW)


async def test_dry_run_says_what_would_change_and_writes_nothing(database: Database) -> None:
    await a_former_database(database)
    for hours in (2, 8):
        await a_former_reservation(database, hours=hours)
    before = await places(database)

    first, second = await preview_migrations(RESERVATION_MIGRATIONS)

    assert first.changes == (
        # Either document of the pair may be the one read, so the number is an upper bound.
        "move up to 1 reservations to a free place",
        "create the index timeslot_reservations.step_start_place",
        "create the index timeslot_reservations.session_start",
        "drop the index timeslot_reservations.booking_session",
    )
    assert second.changes == (
        "drop the index timeslot_reservations.step_window_place",
        "drop the index timeslot_reservations.booking_session",
    )
    assert await places(database) == before
    assert await MigrationRecord.find({}).to_list() == []
    assert set(await database["timeslot_reservations"].index_information()) == {
        "_id_",
        "step_window_place",
        "booking_session",
    }


async def test_migrations_made_before_are_not_made_again(database: Database) -> None:
    await a_former_database(database)
    await run_migrations(MIGRATIONS, clock=clock)

    again = await run_migrations(MIGRATIONS, clock=clock)

    made = len(MIGRATIONS)
    assert [(each.was_finished, each.changed_count) for each in again] == [(True, 0)] * made
    assert [each.changes for each in await preview_migrations(MIGRATIONS)] == [()] * made


async def test_run_that_goes_on_where_another_was_killed_tells_that_it_came_to_the_end(
    database: Database,
) -> None:
    class KilledError(Exception):
        pass

    def end_at_once(migration: Migration, done: int, total: int) -> None:
        raise KilledError

    await a_former_database(database)
    await a_former_reservation(database)
    with pytest.raises(KilledError):
        await run_migrations(MIGRATIONS[:1], clock=clock, on_progress=end_at_once)
    told: list[tuple[int, int]] = []

    await run_migrations(
        MIGRATIONS[:1],
        clock=lambda: clock() + timedelta(minutes=1),
        on_progress=lambda _, done, total: told.append((done, total)),
    )

    assert told == [(0, 1), (1, 1)]


async def test_reservation_an_old_server_stores_meanwhile_is_moved_before_the_index_is_made(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_former_database(database)
    await a_former_reservation(database, hours=2)
    stored: list[str] = []

    async def create_after_another(*arguments: Any) -> int:
        if not stored:
            stored.append(await a_former_reservation(database, hours=8))
        return await create_indexes(*arguments)

    monkeypatch.setattr(
        "app.documents.migrations.m0001_reservations_by_start.create_indexes", create_after_another
    )
    await run_migrations(MIGRATIONS, clock=clock)

    assert (await places(database))[stored[0]] == 1


async def test_what_is_unique_within_organizations_replaces_what_was_unique_everywhere(
    database: Database,
) -> None:
    await a_former_database(database)
    await run_migrations(RESERVATION_MIGRATIONS, clock=clock)
    for collection, name in (
        ("timeslot_reservations", "organization_step_start_place"),
        ("timeslot_reservations", "organization_session_start"),
        ("bookings", "session_organization"),
    ):
        if name in await database[collection].index_information():
            await database[collection].drop_index(name)
    await database["bookings"].create_index(
        "booking_session_id", name="booking_session", unique=True
    )

    expand, contract = await preview_migrations(MIGRATIONS[5:7])
    await run_migrations(MIGRATIONS, clock=clock)

    assert expand.changes == (
        "create the index timeslot_reservations.organization_step_start_place",
        "create the index timeslot_reservations.organization_session_start",
        "create the index bookings.session_organization",
    )
    assert contract.changes == (
        "drop the index timeslot_reservations.step_start_place",
        "drop the index timeslot_reservations.session_start",
        "drop the index bookings.booking_session",
    )
    assert set(await database["timeslot_reservations"].index_information()) == {
        "_id_",
        "organization_step_start_place",
        "organization_session_start",
    }
    assert "booking_session" not in await database["bookings"].index_information()


def a_migration(migration_id: str, *, steps: int = 5, fails_at: int | None = None) -> Migration:
    """Insert the numbers below `steps` into `numbers`, one a batch."""

    async def run(database: Database, checkpoint: str | None) -> AsyncIterator[Batch]:
        for number in range(int(checkpoint or -1) + 1, steps):
            if number == fails_at:
                raise RuntimeError("killed")
            await asyncio.sleep(0.02)
            await database["numbers"].insert_one({"migration": migration_id, "number": number})
            yield Batch(changed_count=1, checkpoint=str(number), seen_count=1)

    async def preview(_: Database) -> tuple[str, ...]:
        return ()

    async def count(_: Database) -> int:
        return steps

    return Migration(
        id=migration_id,
        description="Insert numbers",
        phase=Phase.EXPAND,
        preview=preview,
        run=run,
        count=count,
    )


async def numbers(database: Database, migration_id: str) -> list[int]:
    cursor = database["numbers"].find({"migration": migration_id})
    return [raw["number"] async for raw in cursor]


async def test_migration_cut_short_goes_on_after_its_last_batch(database: Database) -> None:
    lease = timedelta(milliseconds=200)
    with pytest.raises(RuntimeError):
        await run_migrations([a_migration("cut", fails_at=3)], clock=clock, lease=lease)

    [outcome] = await run_migrations([a_migration("cut")], clock=clock, lease=lease)

    assert await numbers(database, "cut") == [0, 1, 2, 3, 4]
    assert (outcome.was_finished, outcome.changed_count) == (False, 2)
    record = await MigrationRecord.get("cut")
    assert record is not None
    assert (record.changed_count, record.lease_token) == (5, None)


async def test_two_runs_at_once_make_a_migration_once(database: Database) -> None:
    runs = [run_migrations([a_migration("twice")], clock=clock) for _ in range(3)]

    outcomes = [outcome for [outcome] in await asyncio.gather(*runs)]

    assert await numbers(database, "twice") == [0, 1, 2, 3, 4]
    assert sorted(each.was_finished for each in outcomes) == [False, True, True]


async def test_run_that_lost_its_lease_stops(database: Database) -> None:
    slow = a_migration("lost", steps=200)
    run = asyncio.create_task(run_migrations([slow], clock=clock))
    await asyncio.sleep(0.2)
    assert await numbers(database, "lost")

    await database["migrations"].update_one({"_id": "lost"}, {"$set": {"lease_token": new_id()}})

    with pytest.raises(LeaseLost):
        await run
    assert len(await numbers(database, "lost")) < 200
