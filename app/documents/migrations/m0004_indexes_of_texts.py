"""Indexes of keys that not every document has are partial by `$gt: ""` and no more by `$type`.

The embedded database finds by a partial index only what it can prove to be in it: that a text is
greater than the empty one, but not of which type it is. It read all sessions of an organization to
find one by the key it was started with. Servers of the version before go on with the indexes they
know, beside these.
"""

from collections.abc import AsyncIterator

from app.documents.driver import ASCENDING, Database, IndexModel
from app.documents.migrations.index_changes import create_indexes, missing_indexes
from app.documents.migrations.migration import Batch, Migration, Phase

NEW_INDEXES = {
    "booking_sessions": IndexModel(
        [("organization_id", ASCENDING), ("idempotency_key", ASCENDING)],
        name="organization_idempotency",
        unique=True,
        partialFilterExpression={"idempotency_key": {"$gt": ""}},
    ),
    "bookings": IndexModel(
        [("organization_id", ASCENDING), ("vendor_booking_id", ASCENDING)],
        name="organization_vendor_booking_id",
        partialFilterExpression={"vendor_booking_id": {"$gt": ""}},
    ),
}


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done."""
    changes = [
        f"create the index {collection}.{name}"
        for collection, index in NEW_INDEXES.items()
        for name in await missing_indexes(database, collection, [index])
    ]
    return tuple(changes)


async def run(database: Database, _: str | None) -> AsyncIterator[Batch]:
    """Create the indexes, one a batch; those that are there already are passed over."""
    for collection, index in NEW_INDEXES.items():
        created_count = await create_indexes(database, collection, [index])
        yield Batch(changed_count=created_count, checkpoint=collection)


async def count(_: Database) -> int:
    """Return that no document is looked at."""
    return 0


MIGRATION = Migration(
    id="0004-indexes-of-texts",
    description="Make the indexes of idempotency keys and vendor's ids ones to find by everywhere",
    phase=Phase.EXPAND,
    preview=preview,
    run=run,
    count=count,
)
