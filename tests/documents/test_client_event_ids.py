"""Events of the version before get client event ids while servers of both versions are running."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch
from app.documents.driver import (
    ASCENDING,
    BulkWriteError,
    Database,
    IndexModel,
    disconnect,
    new_id,
)
from app.documents.index_creation import create_declared_indexes
from app.documents.indexes import IndexDifference, find_index_differences
from app.documents.migrations import m0003_client_event_ids as migration
from app.documents.migrations.runner import preview_migrations, run_migrations
from app.documents.registry import DOCUMENTS, connect_documents
from app.domain.booking_session.events import BookingSessionEvent
from tests.domain.booking_session.builders import entered, record, start

FORMER_INDEX = IndexModel(
    [("booking_session_id", ASCENDING), ("client_event_id", ASCENDING)],
    name="session_client_event",
    unique=True,
    partialFilterExpression={"client_event_id": {"$type": "string"}},
)
ORGANIZATION, FLOW = "a" * 24, "b" * 24

NEEDS_EVERY_INDEX = True


@pytest_asyncio.fixture(loop_scope="module")
async def former(database_uri: str) -> AsyncIterator[Database]:
    """A database as the version before has made it."""
    name = f"test_{uuid.uuid4().hex}"
    database = await connect_documents(database_uri, database_name=name)
    await database["migrations"].delete_many({})
    await database["booking_session_events"].drop_index("session_client_event_id")
    await database["booking_session_events"].create_indexes([FORMER_INDEX])
    yield database
    await disconnect()


def events_of_no_client(count: int) -> list[BookingSessionEvent]:
    first = start().events[0]
    own = [{"id": new_id(), "sequence": sequence} for sequence in range(1, count + 1)]
    return [first.model_copy(update=each) for each in own]


async def store_as_before(database: Database, events: list[BookingSessionEvent]) -> str:
    """Store events as a server of the version before does; return their session."""
    session_id = new_id()
    owner = {
        "organization_id": ORGANIZATION,
        "booking_session_id": session_id,
        "booking_flow_id": FLOW,
    }
    await database["booking_session_events"].insert_many(
        [
            {**each.model_dump(exclude={"id"}), **owner, "_id": each.id, "schema_version": 2}
            for each in events
        ]
    )
    return session_id


async def ids_of(database: Database, session_id: str) -> list[str | None]:
    cursor = database["booking_session_events"].find({"booking_session_id": session_id})
    return [raw["client_event_id"] async for raw in cursor.sort("sequence", ASCENDING)]


async def migrate() -> int:
    [outcome] = await run_migrations([migration.MIGRATION], clock=lambda: datetime.now(UTC))
    return outcome.changed_count


async def index_names(database: Database) -> set[str]:
    return set(await database["booking_session_events"].index_information())


def names_of_differences(differences: list[IndexDifference]) -> list[tuple[str, str]]:
    return [(each.index, each.difference) for each in differences]


async def test_events_that_no_client_sent_get_ids_and_mean_what_they_meant(
    former: Database,
) -> None:
    events = events_of_no_client(2)
    [entering] = record(start().state, entered(events[0].step_id)).events
    sent = [entering.model_copy(update={"sequence": 3, "batch_end": 3})]
    session_id = await store_as_before(former, [*events, *sent])
    before = await BookingSessionEventDocument.find_events(session_id)

    changed_count = await migrate()

    assert await ids_of(former, session_id) == ["\x001", "\x002", "c"]
    assert await BookingSessionEventDocument.find_events(session_id) == before
    assert [each.client_event_id for each in before] == [None, None, "c"]
    # The ids, the index made and the one dropped.
    assert changed_count == 2 + 2
    assert await find_index_differences() == []


async def test_until_the_migration_servers_of_both_versions_store_events_each_client_id_once(
    former: Database,
) -> None:
    await create_declared_indexes(DOCUMENTS)

    session_id = await store_as_before(former, events_of_no_client(2))
    third = start().events[0].model_copy(update={"id": new_id(), "sequence": 3, "batch_end": 3})
    fourth = third.model_copy(
        update={"id": new_id(), "sequence": 4, "batch_end": 4, "client_event_id": "c"}
    )
    lost = await BookingSessionEventDocument.append_batches(
        [EventBatch((each,), ORGANIZATION, session_id, FLOW) for each in (third, fourth)]
    )

    assert lost == frozenset()
    assert await ids_of(former, session_id) == [None, None, "\x003", "c"]
    with pytest.raises(BulkWriteError, match="session_client_event"):
        await former["booking_session_events"].insert_many(
            [{"_id": new_id(), "booking_session_id": session_id, "client_event_id": "c"}]
        )


async def test_a_server_does_not_miss_the_index_that_is_left_to_the_migration(
    former: Database,
) -> None:
    await create_declared_indexes(DOCUMENTS)

    assert "session_client_event_id" not in await index_names(former)
    differences = await find_index_differences()
    assert names_of_differences(differences) == [("session_client_event", "replaced")]

    await migrate()

    assert "session_client_event" not in await index_names(former)
    assert await find_index_differences() == []


async def test_index_made_again_by_a_server_of_the_version_before_is_reported(
    former: Database,
) -> None:
    await migrate()

    await former["booking_session_events"].create_indexes([FORMER_INDEX])
    await create_declared_indexes(DOCUMENTS)

    differences = await find_index_differences()
    assert names_of_differences(differences) == [("session_client_event", "replaced")]
    assert "session_client_event_id" in await index_names(former)


async def test_migration_says_what_it_does_and_nothing_when_nothing_is_to_be_done(
    former: Database,
) -> None:
    await store_as_before(former, events_of_no_client(2))

    [before] = await preview_migrations([migration.MIGRATION])
    assert await migration.preview(former) == before.changes
    assert before.changes == (
        "give an id to each event that no client sent",
        "create the index booking_session_events.session_client_event_id",
        "drop the index booking_session_events.session_client_event",
    )

    await migrate()

    assert await migration.preview(former) == ()


async def test_migration_cut_short_goes_on_behind_its_last_batch(
    former: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "EVENTS_PER_BATCH", 2)
    session_id = await store_as_before(former, events_of_no_client(5))
    first = await anext(migration.run(former, None))
    assert await ids_of(former, session_id) == ["\x001", "\x002", None, None, None]

    rest = [batch async for batch in migration.run(former, first.checkpoint)]

    assert (first.changed_count, first.seen_count) == (2, 2)
    assert [batch.changed_count for batch in rest] == [2, 1, 2]
    assert await ids_of(former, session_id) == [f"\0{number}" for number in range(1, 6)]
    again = [batch async for batch in migration.run(former, None)]
    assert [batch.changed_count for batch in again] == [0]


async def test_events_stored_without_an_id_meanwhile_get_theirs_before_the_index_is_made(
    former: Database,
) -> None:
    batches = migration.run(former, migration.IDS_GIVEN)
    session_id = await store_as_before(former, events_of_no_client(2))

    [batch] = [each async for each in batches]

    assert batch.changed_count == 2
    assert await ids_of(former, session_id) == ["\x001", "\x002"]


async def test_a_fresh_database_has_the_plain_index_at_once(database: Database) -> None:
    information = await database["booking_session_events"].index_information()

    assert information["session_client_event_id"]["unique"]
    assert "partialFilterExpression" not in information["session_client_event_id"]
    assert "session_client_event" not in information
