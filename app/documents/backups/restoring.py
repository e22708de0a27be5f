"""Restoring: the whole file is checked first, and a run that was cut short is gone on with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from app.documents.backups.contents import (
    FILE_CHUNKS,
    collection_of,
    known_collections,
    owner_field,
    owner_of,
)
from app.documents.backups.stream import BackupError, Entry, Header, Trailer, reading
from app.documents.booking_session_event import BookingSessionEventDocument, with_client_event_id
from app.documents.driver import (
    ASCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    DuplicateKeyError,
    IndexModel,
    current_database,
)
from app.documents.migration_record import MigrationRecord
from app.documents.migrations import MIGRATIONS
from app.documents.organization import Organization
from app.documents.restoration import Restoration
from app.documents.stored_file import StoredFile
from app.domain.values import Value

DOCUMENTS_PER_BATCH = 200
CHUNKS_INDEX = IndexModel(
    [("files_id", ASCENDING), ("n", ASCENDING)], name="files_id_1_n_1", unique=True
)
"""As GridFS makes it, but only when it stores the first file itself."""

OnProgress: TypeAlias = Callable[[int, int], None]
"""Told how many documents are done, of how many."""


class CheckedBackup(Value):
    """A backup that is whole and right, and may be restored into this database."""

    header: Header
    trailer: Trailer
    migrations_to_make: tuple[str, ...]
    """Those of this version that the documents have not been through."""

    @property
    def document_count(self) -> int:
        """How many documents it holds."""
        return sum(self.trailer.counts.values())


@dataclass
class _Ownership:
    """Judges whose the documents of a backup are; files are few enough to be remembered."""

    header: Header
    file_ids: set[object] = field(default_factory=set)

    def require_own(self, entry: Entry) -> None:
        """Raise BackupError for a document that does not belong in the backup."""
        if entry.collection not in known_collections():
            raise BackupError(f"line {entry.line}: this version has no {entry.collection}")
        if "_id" not in entry.record or not self._is_own(entry):
            raise BackupError(f"line {entry.line} belongs to no organization of the backup")

    def _is_own(self, entry: Entry) -> bool:
        if entry.collection == FILE_CHUNKS:
            return entry.record.get("files_id") in self.file_ids
        if entry.collection == collection_of(StoredFile):
            self.file_ids.add(entry.record["_id"])
        name = owner_field(entry.collection)
        if name is None:
            return self.header.is_whole
        return owner_of(entry.record, name) in {each.id for each in self.header.organizations}


async def check_backup(path: Path) -> CheckedBackup:
    """Read all of the file and return what it holds; nothing is written.

    Raises BackupError when it is damaged, of a newer version, or would overwrite what is stored.
    """
    with reading(path) as reader:
        header = reader.header
        unknown = set(header.migrations) - {each.id for each in MIGRATIONS}
        if unknown:
            raise BackupError(f"a newer version made it: {min(unknown)} is not known here")
        ownership = _Ownership(header)
        for entry in reader.entries():
            ownership.require_own(entry)
    if reader.trailer is None:
        raise BackupError("it is cut short")
    await _require_room(header, checksum=reader.trailer.sha256)
    to_make = tuple(each.id for each in MIGRATIONS if each.id not in header.migrations)
    return CheckedBackup(header=header, trailer=reader.trailer, migrations_to_make=to_make)


async def _require_room(header: Header, *, checksum: str) -> None:
    own_ids = {each.id for each in header.organizations}
    slugs = {each.slug for each in header.organizations}
    goes_on = await Restoration.is_under_way(checksum)
    async for raw in Organization.get_motor_collection().find({}, {"slug": 1}):
        if goes_on and raw["_id"] in own_ids:
            continue
        if raw["_id"] in own_ids or raw["slug"] in slugs:
            raise BackupError(
                f"there is an organization {raw['slug']} already, and nothing is overwritten; "
                "restore into another database"
            )
        if header.is_whole:
            raise BackupError(
                "a backup of everything is restored only into a database without organizations, "
                f"and there is {raw['slug']}"
            )


async def restore_backup(
    path: Path,
    backup: CheckedBackup,
    *,
    now: datetime,
    on_progress: OnProgress = lambda _done, _of: None,
) -> None:
    """Store the documents of a checked backup.

    Until all is stored, the organizations, their keys and their members are not there: those come
    last. A run that was cut short is gone on with by another; what is there already stays. Raises
    BackupError when a unique value is another document's.
    """
    checksum = backup.trailer.sha256
    await Restoration.begin(checksum, now=now)
    for migration_id in backup.migrations_to_make:
        await MigrationRecord.forget(migration_id)
    await current_database()[FILE_CHUNKS].create_indexes([CHUNKS_INDEX])
    done = 0
    with reading(path) as reader:
        for batch in _batches(reader.entries()):
            await _store(batch[0].collection, _brought_up(batch))
            done += len(batch)
            on_progress(done, backup.document_count)
    await Restoration.finish(checksum, now=now)


def _batches(entries: Iterator[Entry]) -> Iterator[Sequence[Entry]]:
    """Yield runs of entries of one collection."""
    batch: list[Entry] = []
    for entry in chain(entries, (None,)):
        is_full = len(batch) == DOCUMENTS_PER_BATCH
        if batch and (entry is None or is_full or entry.collection != batch[0].collection):
            yield batch
            batch = []
        if entry is not None:
            batch.append(entry)


def _brought_up(batch: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the records of one collection with what a unique index of this version needs."""
    records = [entry.record for entry in batch]
    if batch[0].collection != collection_of(BookingSessionEventDocument):
        return records
    return [with_client_event_id(record) for record in records]


async def _store(collection: str, records: Sequence[dict[str, Any]]) -> None:
    """Insert the records; one that a run before has stored is replaced."""
    try:
        await current_database()[collection].insert_many(records, ordered=False)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if any(failure["code"] != DUPLICATE_KEY for failure in failures):
            raise
        for failure in failures:
            await _replace(collection, records[failure["index"]])


async def _replace(collection: str, record: Mapping[str, Any]) -> None:
    """Store a record unless its id, or another unique value, is somebody else's."""
    own: dict[str, Any] = {"_id": record["_id"]}
    name = owner_field(collection) if collection != FILE_CHUNKS else "files_id"
    if name is not None:
        own[name] = owner_of(record, name)
    try:
        await current_database()[collection].replace_one(own, record, upsert=True)
    except DuplicateKeyError:
        raise BackupError(
            f"{collection} {record['_id']}: something else here has its id or a unique value of it"
        ) from None
