"""Every event has a client event id, so that the unique index of them is a plain one.

Events that no client sent had none and the index was partial; the embedded database finds nothing
by a partial one, and read all of a session's events to see whether one was sent before. They get an
id of the server's own, as servers of this version store it. Servers of the version before go on
storing events without, several in a session, which a plain unique index refuses: so it is made once
none of them is left, and until then servers of both versions rely on the partial one.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from app.documents.driver import (
    ASCENDING,
    DUPLICATE_KEY,
    Database,
    IndexModel,
    OperationFailure,
    UpdateOne,
    command_deadline,
)
from app.documents.migrations.index_changes import (
    BUILD_SECONDS,
    create_indexes,
    drop_indexes,
    missing_indexes,
    present_indexes,
)
from app.documents.migrations.migration import Batch, Migration, Phase

COLLECTION = "booking_session_events"
EVENTS_PER_BATCH = 500
ATTEMPTS = 5
IDS_GIVEN = "ids-given"
SERVER_MARK = "\0"
EVENTS_OF_NO_CLIENT = 2
"""In most sessions: the start and the end."""
NEW_INDEX = IndexModel(
    [("booking_session_id", ASCENDING), ("client_event_id", ASCENDING)],
    name="session_client_event_id",
    unique=True,
)
REPLACED_INDEX = "session_client_event"


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done; events without an id are not looked for, there may be millions."""
    missing = await missing_indexes(database, COLLECTION, [NEW_INDEX])
    replaced = await present_indexes(database, COLLECTION, [REPLACED_INDEX])
    return (
        *(["give an id to each event that no client sent"] if missing or replaced else ()),
        *(f"create the index {COLLECTION}.{name}" for name in missing),
        *(f"drop the index {COLLECTION}.{name}" for name in replaced),
    )


async def run(database: Database, checkpoint: str | None) -> AsyncIterator[Batch]:
    """Give the ids in the order of the events' own, then exchange the indexes."""
    if checkpoint != IDS_GIVEN:
        async for batch in _give_ids(database, after=checkpoint):
            yield batch
    yield Batch(changed_count=await _exchange_indexes(database), checkpoint=IDS_GIVEN)


async def _exchange_indexes(database: Database) -> int:
    """Return how many indexes were changed; what an old server stored meanwhile gets its id."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            created = await create_indexes(database, COLLECTION, [NEW_INDEX])
            break
        except OperationFailure as error:
            if error.code != DUPLICATE_KEY or attempt == ATTEMPTS:
                raise
            async for _ in _give_ids(database, after=None):
                continue
    return created + await drop_indexes(database, COLLECTION, [REPLACED_INDEX])


async def _give_ids(database: Database, *, after: str | None) -> AsyncIterator[Batch]:
    query: dict[str, Any] = {"client_event_id": None}
    if after is not None:
        query["_id"] = {"$gt": after}
    cursor = database[COLLECTION].find(query, {"sequence": 1}).sort("_id", ASCENDING)
    while True:
        # No index tells which events have none: the database may read for long to find some.
        with command_deadline(BUILD_SECONDS):
            records = await cursor.to_list(EVENTS_PER_BATCH)
        if not records:
            return
        yield await _give(database, records)


async def _give(database: Database, records: Sequence[dict[str, Any]]) -> Batch:
    result = await database[COLLECTION].bulk_write(
        [
            UpdateOne(
                {"_id": record["_id"], "client_event_id": None},
                {"$set": {"client_event_id": f"{SERVER_MARK}{record['sequence']}"}},
            )
            for record in records
        ],
        ordered=False,
    )
    return Batch(
        changed_count=result.modified_count,
        checkpoint=str(records[-1]["_id"]),
        seen_count=len(records),
    )


async def count(database: Database) -> int:
    """Return about how many events no client sent."""
    return EVENTS_OF_NO_CLIENT * await database["booking_sessions"].estimated_document_count()


MIGRATION = Migration(
    id="0003-client-event-ids",
    description="Give events that no client sent an id, and make the index of ids a plain one",
    phase=Phase.CONTRACT,
    preview=preview,
    run=run,
    count=count,
)
