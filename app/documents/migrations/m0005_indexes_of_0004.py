"""The indexes whose place those of 0004 have taken go."""

from collections.abc import AsyncIterator

from app.documents.driver import Database
from app.documents.migrations.index_changes import drop_indexes, present_indexes
from app.documents.migrations.migration import Batch, Migration, Phase

REPLACED_INDEXES = {
    "booking_sessions": "organization_idempotency_key",
    "bookings": "organization_vendor_booking",
}


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done."""
    changes = [
        f"drop the index {collection}.{present}"
        for collection, name in REPLACED_INDEXES.items()
        for present in await present_indexes(database, collection, [name])
    ]
    return tuple(changes)


async def run(database: Database, _: str | None) -> AsyncIterator[Batch]:
    """Drop the indexes, one a batch."""
    for collection, name in REPLACED_INDEXES.items():
        dropped_count = await drop_indexes(database, collection, [name])
        yield Batch(changed_count=dropped_count, checkpoint=collection)


async def count(_: Database) -> int:
    """Return that no document is looked at."""
    return 0


MIGRATION = Migration(
    id="0005-indexes-of-0004",
    description="Drop the indexes that 0004 replaced",
    phase=Phase.CONTRACT,
    preview=preview,
    run=run,
    count=count,
)
