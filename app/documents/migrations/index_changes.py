"""Changing indexes while servers are running.

An index whose definition changes gets a new name: the new one is made beside the old one, which is
dropped afterwards. The database builds and drops indexes without stopping readers or writers.
"""

from collections.abc import Sequence

from app.documents.driver import Database, IndexModel, command_deadline

BUILD_SECONDS = 12 * 3_600.0
"""How long a build may take; the driver would give up on any other command much sooner."""


async def missing_indexes(
    database: Database, collection: str, models: Sequence[IndexModel]
) -> list[str]:
    """Return the names of those the collection does not have."""
    present = await database[collection].index_information()
    return [name for model in models if (name := model.document["name"]) not in present]


async def present_indexes(database: Database, collection: str, names: Sequence[str]) -> list[str]:
    """Return those of the names the collection has an index of."""
    present = await database[collection].index_information()
    return [name for name in names if name in present]


async def create_indexes(database: Database, collection: str, models: Sequence[IndexModel]) -> int:
    """Create those that are missing, and return how many once they are built.

    Raises OperationFailure when one of the name has another definition, or when what is stored
    breaks a unique one.
    """
    missing = await missing_indexes(database, collection, models)
    wanted = [model for model in models if model.document["name"] in missing]
    if wanted:
        with command_deadline(BUILD_SECONDS):
            await database[collection].create_indexes(wanted)
    return len(wanted)


async def drop_indexes(database: Database, collection: str, names: Sequence[str]) -> int:
    """Drop those of the names that are there, and return how many."""
    present = await present_indexes(database, collection, names)
    for name in present:
        await database[collection].drop_index(name)
    return len(present)
