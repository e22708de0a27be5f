"""The indexes that 0006 replaced go; no cluster spread by organization could keep them."""

from collections.abc import AsyncIterator

from app.documents.driver import Database
from app.documents.migrations.index_changes import drop_indexes, present_indexes
from app.documents.migrations.migration import Batch, Migration, Phase

REPLACED_INDEXES = {
    "timeslot_reservations": ("step_start_place", "session_start"),
    "bookings": ("booking_session",),
}


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done."""
    changes: list[str] = []
    for collection, names in REPLACED_INDEXES.items():
        present = await present_indexes(database, collection, names)
        changes += [f"drop the index {collection}.{name}" for name in present]
    return tuple(changes)


async def run(database: Database, _: str | None) -> AsyncIterator[Batch]:
    """Drop the indexes, a batch for each collection."""
    for collection, names in REPLACED_INDEXES.items():
        dropped_count = await drop_indexes(database, collection, names)
        yield Batch(changed_count=dropped_count, checkpoint=collection)


async def count(_: Database) -> int:
    """Return that no document is looked at."""
    return 0


MIGRATION = Migration(
    id="0007-unique-indexes-of-0006",
    description="Drop the indexes of places and bookings that 0006 replaced",
    phase=Phase.CONTRACT,
    preview=preview,
    run=run,
    count=count,
)
