"""What is unique is so within an organization, as a cluster needs that is spread by organization.

Places were unique by step and by session, and bookings by session; each of these belongs to one
organization, so nothing stored can break the new indexes. A booking needs none but its id, which
the completion of its session names. Servers of the version before go on meanwhile with the indexes
they have, which say the same.
"""

from collections.abc import AsyncIterator

from app.documents.driver import ASCENDING, Database, IndexModel
from app.documents.migrations.index_changes import create_indexes, missing_indexes
from app.documents.migrations.migration import Batch, Migration, Phase

NEW_INDEXES = {
    "timeslot_reservations": (
        IndexModel(
            [
                ("organization_id", ASCENDING),
                ("booking_flow_step_id", ASCENDING),
                ("start_time", ASCENDING),
                ("place", ASCENDING),
            ],
            name="organization_step_start_place",
            unique=True,
        ),
        IndexModel(
            [
                ("organization_id", ASCENDING),
                ("booking_session_id", ASCENDING),
                ("start_time", ASCENDING),
            ],
            name="organization_session_start",
            unique=True,
        ),
    ),
    "bookings": (
        IndexModel(
            [("booking_session_id", ASCENDING), ("organization_id", ASCENDING)],
            name="session_organization",
        ),
    ),
}


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done."""
    changes: list[str] = []
    for collection, models in NEW_INDEXES.items():
        missing = await missing_indexes(database, collection, models)
        changes += [f"create the index {collection}.{name}" for name in missing]
    return tuple(changes)


async def run(database: Database, _: str | None) -> AsyncIterator[Batch]:
    """Create the indexes, a batch for each collection."""
    for collection, models in NEW_INDEXES.items():
        created_count = await create_indexes(database, collection, models)
        yield Batch(changed_count=created_count, checkpoint=collection)


async def count(_: Database) -> int:
    """Return that no document is looked at."""
    return 0


MIGRATION = Migration(
    id="0006-unique-within-organizations",
    description="Keep places apart within organizations, so that they can be spread over shards",
    phase=Phase.EXPAND,
    preview=preview,
    run=run,
    count=count,
)
