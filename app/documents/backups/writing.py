"""Backing up: everything is streamed, so memory does not grow with what is stored."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from app.documents.backups.contents import (
    FILE_CHUNKS,
    collection_of,
    documents_in_order,
    owner_field,
    owner_of,
)
from app.documents.backups.stream import (
    BackedUpOrganization,
    BackupError,
    BackupWriter,
    Header,
    Trailer,
    writing,
)
from app.documents.base import MAX_IDS_PER_COMMAND, StoredDocument
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import Database, current_database
from app.documents.migration_record import MigrationRecord
from app.documents.organization import Organization
from app.documents.stored_file import StoredFile
from app.domain.values import EntityId

DOCUMENTS_PER_BATCH = 200

OnProgress: TypeAlias = Callable[[int, int], None]
"""Told how many documents are written, of about how many."""

_FOLLOWERS = {
    BookingSession: (BookingSessionEventDocument.Settings.name, "booking_session_id"),
    StoredFile: (FILE_CHUNKS, "files_id"),
}
"""What is written right after documents, and the field by which it belongs to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One backup: of the organizations there are as it begins."""

    database: Database
    writer: BackupWriter
    organization_ids: frozenset[EntityId]
    slug: str | None
    total: int
    on_progress: OnProgress

    def write(self, collection: str, record: Mapping[str, Any]) -> None:
        self.writer.write(collection, record)
        done = self.writer.counts.total()
        self.on_progress(done, max(done, self.total))

    def query(self, collection: str) -> dict[str, Any] | None:
        """Return what is read of a collection; None when nothing is."""
        field = owner_field(collection)
        if self.slug is None:
            return {}
        return None if field is None else {field: next(iter(self.organization_ids))}

    def holds(self, collection: str, record: Mapping[str, Any]) -> bool:
        """Whether a record belongs to the backup; organizations founded meanwhile do not."""
        field = owner_field(collection)
        return field is None or owner_of(record, field) in self.organization_ids


async def write_backup(
    path: Path,
    *,
    slug: str | None,
    now: datetime,
    on_progress: OnProgress = lambda _done, _of: None,
) -> Trailer:
    """Write all organizations, or the one with the slug, to a new file; return what is in it.

    Raises BackupError when there is no such organization or the file exists, and OSError; there is
    no file then.
    """
    database = current_database()
    organizations = await _find_organizations(slug)
    header = Header(
        created_at=now,
        is_whole=slug is None,
        organizations=tuple(organizations),
        migrations=tuple(sorted(await MigrationRecord.find_finished_ids())),
    )
    with writing(path) as writer:
        writer.write_header(header)
        run = _Run(
            database=database,
            writer=writer,
            organization_ids=frozenset(each.id for each in organizations),
            slug=slug,
            total=await _estimate(database),
            on_progress=on_progress,
        )
        for document in documents_in_order():
            await _write_collection(run, document)
        return writer.finish()


async def _find_organizations(slug: str | None) -> list[BackedUpOrganization]:
    query = {} if slug is None else {"slug": slug}
    cursor = Organization.get_motor_collection().find(query, {"slug": 1})
    found = [BackedUpOrganization(id=raw["_id"], slug=raw["slug"]) async for raw in cursor]
    if slug is not None and not found:
        raise BackupError(f"There is no organization with the slug {slug}")
    return found


async def _estimate(database: Database) -> int:
    names = {collection_of(document) for document in documents_in_order()}
    names |= {name for name, _ in _FOLLOWERS.values()}
    return sum([await database[name].estimated_document_count() for name in names])


async def _write_collection(run: _Run, document: type[StoredDocument]) -> None:
    collection = collection_of(document)
    query = run.query(collection)
    if query is None:
        return
    follower = _FOLLOWERS.get(document)
    written: list[Any] = []
    async for record in _stream(run.database, collection, query):
        if not run.holds(collection, record):
            continue
        run.write(collection, record)
        written.append(record["_id"])
        if len(written) == MAX_IDS_PER_COMMAND:
            await _write_followers(run, follower, written)
            written = []
    await _write_followers(run, follower, written)


async def _write_followers(
    run: _Run, follower: tuple[str, str] | None, owner_ids: Sequence[Any]
) -> None:
    if follower is None or not owner_ids:
        return
    collection, field = follower
    async for record in _stream(run.database, collection, {field: {"$in": list(owner_ids)}}):
        run.write(collection, record)


async def _stream(
    database: Database, collection: str, query: Mapping[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    async for record in database[collection].find(query).batch_size(DOCUMENTS_PER_BATCH):
        yield record
