"""Making the indexes that the documents declare, when a process connects.

An index that takes the place of another cannot always be made while servers of the version before
are running: they store what it refuses. Its document says so in `Settings.replaced_indexes`, from
the replaced index's name to the new one's. Where the replaced one is found, the new one is left to
the migration that exchanges the two.
"""

from collections.abc import Mapping, Sequence

from app.documents.base import StoredDocument
from app.documents.driver import IndexModel, OperationFailure


class IndexesNotMadeError(Exception):
    """What is stored, or an index of the name, is in the way; the message is one line."""

    def __init__(self, collection: str, error: OperationFailure) -> None:
        # The database's own words repeat values of documents.
        super().__init__(
            f"the indexes of {collection} cannot be made (code {error.code}); "
            "`scheduler migrate --dry-run` says whether something is still to be migrated, "
            "`scheduler indexes --check` which indexes differ"
        )


async def create_declared_indexes(documents: Sequence[type[StoredDocument]]) -> None:
    """Create the indexes that are missing and may be made now; raises IndexesNotMadeError."""
    for document in documents:
        collection = document.get_motor_collection()
        present = await collection.index_information()
        left_out = indexes_left_to_migrations(document, present)
        wanted = [
            each for each in declared_indexes(document) if each.document["name"] not in left_out
        ]
        if not wanted:
            continue
        try:
            await collection.create_indexes(wanted)
        except OperationFailure as error:
            raise IndexesNotMadeError(collection.name, error) from error


def declared_indexes(document: type[StoredDocument]) -> list[IndexModel]:
    """Return the indexes a document is to have."""
    return list(getattr(document.Settings, "indexes", []))


def replaced_indexes(document: type[StoredDocument]) -> Mapping[str, str]:
    """Return the names of indexes whose place others have taken, each with the other's name."""
    replaced: Mapping[str, str] = getattr(document.Settings, "replaced_indexes", {})
    return replaced


def indexes_left_to_migrations(
    document: type[StoredDocument], present: Mapping[str, object]
) -> frozenset[str]:
    """Return the declared indexes that are not made as long as those they replace are present."""
    replaced = replaced_indexes(document)
    return frozenset(new for old, new in replaced.items() if old in present)
