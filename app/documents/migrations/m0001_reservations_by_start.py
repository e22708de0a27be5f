"""Reservations are told apart by the start of their window, and a session may have several.

They were unique by step, start, end and place, and by session. Two windows with the same start and
different ends had a place 0 each; by start alone these are the same place, so all but one move on.
Servers of the version before go on meanwhile: by start, places are told apart more strictly than
they rely on, and the index by session kept one session from racing against itself only.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.documents.driver import (
    ASCENDING,
    DUPLICATE_KEY,
    Database,
    DuplicateKeyError,
    IndexModel,
    OperationFailure,
)
from app.documents.migrations.index_changes import (
    create_indexes,
    drop_indexes,
    missing_indexes,
    present_indexes,
)
from app.documents.migrations.migration import Batch, Migration, Phase

COLLECTION = "timeslot_reservations"
RESERVATIONS_PER_BATCH = 100
ATTEMPTS = 5
PLACES_MOVED = "places-moved"
NEW_INDEXES = (
    IndexModel(
        [("booking_flow_step_id", ASCENDING), ("start_time", ASCENDING), ("place", ASCENDING)],
        name="step_start_place",
        unique=True,
    ),
    IndexModel(
        [("booking_session_id", ASCENDING), ("start_time", ASCENDING)],
        name="session_start",
        unique=True,
    ),
)
REPLACED_INDEX = "booking_session"

Record = Mapping[str, Any]
Window = tuple[str, datetime]


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done."""
    moved_count = 0
    async for records in _read(database, after=None):
        moved_count += len([move for each in await _windows(database, records) for move in each])
    missing = await missing_indexes(database, COLLECTION, NEW_INDEXES)
    dropped = await present_indexes(database, COLLECTION, [REPLACED_INDEX])
    return (
        *([f"move up to {moved_count} reservations to a free place"] if moved_count else ()),
        *(f"create the index {COLLECTION}.{name}" for name in missing),
        *(f"drop the index {COLLECTION}.{name}" for name in dropped),
    )


async def run(database: Database, checkpoint: str | None) -> AsyncIterator[Batch]:
    """Move colliding places in the order of the reservations' ids, then exchange the indexes."""
    if checkpoint != PLACES_MOVED:
        async for batch in _move_all(database, after=checkpoint):
            yield batch
    yield Batch(changed_count=await _exchange_indexes(database), checkpoint=PLACES_MOVED)


async def _exchange_indexes(database: Database) -> int:
    """Return how many indexes were changed; what an old server stored meanwhile is moved first."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            created = await create_indexes(database, COLLECTION, NEW_INDEXES)
            break
        except OperationFailure as error:
            if error.code != DUPLICATE_KEY or attempt == ATTEMPTS:
                raise
            async for _ in _move_all(database, after=None):
                continue
    return created + await drop_indexes(database, COLLECTION, [REPLACED_INDEX])


async def _move_all(database: Database, *, after: str | None) -> AsyncIterator[Batch]:
    async for records in _read(database, after=after):
        moved_count = 0
        for moves in await _windows(database, records):
            for record, place in moves:
                moved_count += await _move(database, record, place)
        yield Batch(
            changed_count=moved_count,
            checkpoint=str(records[-1]["_id"]),
            seen_count=len(records),
        )


async def _read(database: Database, *, after: str | None) -> AsyncIterator[list[Record]]:
    query = {} if after is None else {"_id": {"$gt": after}}
    fields = {"booking_flow_step_id": 1, "start_time": 1}
    cursor = database[COLLECTION].find(query, fields).sort("_id", ASCENDING)
    records: list[Record] = []
    async for record in cursor.batch_size(RESERVATIONS_PER_BATCH):
        records.append(record)
        if len(records) == RESERVATIONS_PER_BATCH:
            yield records
            records = []
    if records:
        yield records


async def _windows(
    database: Database, records: Sequence[Record]
) -> list[Iterator[tuple[Record, int]]]:
    """Return, for each start of a window among the records, who is to move and to which place."""
    starts: dict[str, set[datetime]] = defaultdict(set)
    for record in records:
        starts[record["booking_flow_step_id"]].add(record["start_time"])
    windows: dict[Window, list[Record]] = defaultdict(list)
    for step_id, step_starts in starts.items():
        query = {"booking_flow_step_id": step_id, "start_time": {"$in": sorted(step_starts)}}
        async for record in database[COLLECTION].find(query):
            windows[step_id, record["start_time"]].append(record)
    return [_moves(window) for window in windows.values()]


def _moves(window: Sequence[Record]) -> Iterator[tuple[Record, int]]:
    """Yield the reservations whose place an older one has, each with the first free place."""
    taken = {record["place"] for record in window}
    kept: set[int] = set()
    for record in sorted(window, key=lambda each: str(each["_id"])):
        if record["place"] not in kept:
            kept.add(record["place"])
            continue
        place = next(place for place in range(len(window) + 1) if place not in taken)
        taken.add(place)
        yield record, place


async def _move(database: Database, record: Record, place: int) -> int:
    unchanged = {"_id": record["_id"], "place": record["place"]}
    try:
        result = await database[COLLECTION].update_one(unchanged, {"$set": {"place": place}})
    except DuplicateKeyError:
        # Somebody was faster; creating the index tells, and all are looked at again.
        return 0
    return int(result.modified_count)


async def count(database: Database) -> int:
    """Return about how many reservations there are."""
    return int(await database[COLLECTION].estimated_document_count())


MIGRATION = Migration(
    id="0001-reservations-by-start",
    description="Tell reservations apart by the start of their window; several for a session",
    phase=Phase.EXPAND,
    preview=preview,
    run=run,
    count=count,
)
