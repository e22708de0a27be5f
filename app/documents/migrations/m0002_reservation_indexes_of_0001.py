"""The indexes that 0001 replaced go; an old server that was started since has made them again."""

from collections.abc import AsyncIterator

from app.documents.driver import Database
from app.documents.migrations.index_changes import drop_indexes, present_indexes
from app.documents.migrations.migration import Batch, Migration, Phase

COLLECTION = "timeslot_reservations"
REPLACED_INDEXES = ("step_window_place", "booking_session")


async def preview(database: Database) -> tuple[str, ...]:
    """Return what is to be done."""
    present = await present_indexes(database, COLLECTION, REPLACED_INDEXES)
    return tuple(f"drop the index {COLLECTION}.{name}" for name in present)


async def run(database: Database, _: str | None) -> AsyncIterator[Batch]:
    """Drop the indexes, in one batch."""
    dropped_count = await drop_indexes(database, COLLECTION, REPLACED_INDEXES)
    yield Batch(changed_count=dropped_count, checkpoint="dropped")


async def count(_: Database) -> int:
    """Return that no document is looked at."""
    return 0


MIGRATION = Migration(
    id="0002-reservation-indexes-of-0001",
    description="Drop the indexes of reservations that 0001 replaced",
    phase=Phase.CONTRACT,
    preview=preview,
    run=run,
    count=count,
)
