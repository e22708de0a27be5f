"""Which migrations a database has not been through."""

from app.documents.driver import Database
from app.documents.migration_record import MigrationRecord
from app.documents.migrations import MIGRATIONS
from app.documents.migrations.migration import Migration


async def is_new(database: Database) -> bool:
    """Return whether nothing was ever stored in the database."""
    return not await database.list_collection_names()


async def note_new_database() -> None:
    """Note that what is stored from now on is as this version stores it: nothing is to migrate."""
    await MigrationRecord.note_made([each.id for each in MIGRATIONS])


async def find_pending_migrations() -> tuple[Migration, ...]:
    """Return those of this version that were not made, in order."""
    finished = await MigrationRecord.find_finished_ids()
    return tuple(each for each in MIGRATIONS if each.id not in finished)
