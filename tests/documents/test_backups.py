"""Files that are no backup, or not for this database, are refused before anything is written."""

import gzip
import hashlib
import json
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.documents.backups.contents import documents_in_order, known_collections
from app.documents.backups.restoring import check_backup, restore_backup
from app.documents.backups.stream import BackupError
from app.documents.backups.writing import write_backup
from app.documents.driver import Database
from app.documents.organization import Organization
from app.documents.registry import DOCUMENTS
from app.documents.restoration import Restoration
from tests.documents.test_stored_file import a_file

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
HARBOR, ACME = "a" * 24, "b" * 24

Lines = list[dict[str, Any]]


@pytest_asyncio.fixture(loop_scope="module")
async def backup(database: Database, tmp_path: Path) -> AsyncIterator[Path]:
    """A backup of Harbor, which is there no more, beside Acme, which is."""
    for name in await database.list_collection_names():
        await database[name].delete_many({})
    for organization_id, slug in ((HARBOR, "harbor"), (ACME, "acme")):
        organization = Organization(id=organization_id, name=slug, slug=slug, created_at=NOW)
        await organization.insert()
        await a_file(organization_id, organization_id=organization_id)
    path = tmp_path / "harbor.gz"
    await write_backup(path, slug="harbor", now=NOW)
    await database["organizations"].delete_one({"_id": HARBOR})
    for name in ("files.files", "files.chunks"):
        await database[name].delete_many({"$or": [{"_id": HARBOR}, {"files_id": HARBOR}]})
    yield path


async def everything(database: Database) -> dict[str, list[Any]]:
    names = sorted(await database.list_collection_names())
    return {name: [raw async for raw in database[name].find({}).sort("_id")] for name in names}


def read(path: Path) -> Lines:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def write(path: Path, lines: Lines) -> None:
    """Write the lines with a checksum that is right, whatever they say."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines[:-1])
    last = {**lines[-1], "sha256": hashlib.sha256(body).hexdigest()}
    path.write_bytes(gzip.compress(body + json.dumps(last).encode() + b"\n"))


def change(line: int, **fields: Any) -> Callable[[Lines], None]:
    return lambda lines: lines[line].update(fields)


def of_another(lines: Lines) -> None:
    lines[1]["document"]["metadata"]["organization_id"] = ACME


def chunk_of_another(lines: Lines) -> None:
    lines[2]["document"]["files_id"] = ACME


def as_secret_of_all(lines: Lines) -> None:
    lines[1] = {"collection": "signing_keys", "document": {"_id": "cursors"}}


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (change(0, version=2), "its format is 2, newer than this version reads"),
        (change(0, version="1"), "its format is '1', newer than this version reads"),
        (change(0, format="dump"), "it is not a backup of this server"),
        (change(0, organizations=7), "its header is damaged"),
        (change(0, migrations=["9999-later"]), "a newer version made it: 9999-later"),
        (change(1, collection="novelties"), "line 2: this version has no novelties"),
        (change(1, collection="migrations"), "line 2: this version has no migrations"),
        (change(1, document=[]), "line 2 is no document"),
        (change(1, document={"at": {"$date": 7, "x": 1}}), "line 2 is no object in Extended"),
        (change(1, document={}), "line 2 belongs to no organization of the backup"),
        (change(-1, counts={}), "the checksum is wrong"),
        (of_another, "line 2 belongs to no organization of the backup"),
        (chunk_of_another, "line 3 belongs to no organization of the backup"),
        (as_secret_of_all, "line 2 belongs to no organization of the backup"),
    ],
)
async def test_backup_that_says_what_it_must_not_is_refused(
    spoil: Callable[[Lines], None], complaint: str, backup: Path, database: Database
) -> None:
    before = await everything(database)
    lines = read(backup)
    spoil(lines)
    write(backup, lines)

    with pytest.raises(BackupError, match=complaint):
        await check_backup(backup)
    assert await everything(database) == before


def spoil_file(path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path.write_bytes(spoil(path.read_bytes()))


def cut_between_lines(content: bytes) -> bytes:
    return gzip.compress(b"".join(gzip.decompress(content).splitlines(keepends=True)[:2]))


def change_a_value(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content).replace(b'"slug":"harbor"', b'"slug":"wharf"', 1))


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda _: b"", "cut short"),
        (lambda _: b"\x00garbage" * 100, "not compressed by gzip"),
        (lambda _: gzip.compress(b""), "cut short"),
        (lambda _: gzip.compress(b"[" * 100_000 + b"\n"), "line 1 is no object"),
        (lambda _: gzip.compress(b"\xff\n"), "line 1 is no object"),
        (lambda content: content[:-40], "cut short"),
        (lambda content: content[:-12] + b"\x00" * 12, "damaged"),
        (cut_between_lines, "cut short"),
        (change_a_value, "the checksum is wrong"),
        (lambda content: content + gzip.compress(b"more\n"), "something follows the end"),
    ],
)
async def test_damaged_file_is_refused(
    spoil: Callable[[bytes], bytes], complaint: str, backup: Path
) -> None:
    spoil_file(backup, spoil)

    with pytest.raises(BackupError, match=complaint):
        await check_backup(backup)


async def test_organization_that_is_there_is_not_overwritten(
    backup: Path, database: Database
) -> None:
    renamed = Organization(id=HARBOR, name="Harbor", slug="wharf", created_at=NOW)
    await renamed.insert()
    with pytest.raises(BackupError, match="there is an organization wharf already"):
        await check_backup(backup)

    await database["organizations"].delete_one({"_id": HARBOR})
    another = Organization(id="c" * 24, name="Harbor", slug="harbor", created_at=NOW)
    await another.insert()
    with pytest.raises(BackupError, match="there is an organization harbor already"):
        await check_backup(backup)


async def test_restored_once_it_is_not_restored_again(backup: Path) -> None:
    await restore_backup(backup, await check_backup(backup), now=NOW)

    with pytest.raises(BackupError, match="there is an organization harbor already"):
        await check_backup(backup)


async def test_documents_of_a_run_cut_short_are_replaced_and_others_with_their_ids_are_not(
    backup: Path, database: Database
) -> None:
    checked = await check_backup(backup)
    await Restoration.begin(checked.trailer.sha256, now=NOW)
    await Organization(id=HARBOR, name="half", slug="harbor", created_at=NOW).insert()

    await restore_backup(backup, await check_backup(backup), now=NOW)

    restored = await Organization.get(HARBOR)
    assert restored is not None
    assert restored.name == "harbor"
    await database["organizations"].delete_one({"_id": HARBOR})
    await database["files.files"].update_one(
        {"_id": HARBOR}, {"$set": {"metadata.organization_id": ACME}}
    )
    with pytest.raises(BackupError, match=r"files.files a+: something else here has its id"):
        await restore_backup(backup, await check_backup(backup), now=NOW)


async def test_backup_of_everything_is_for_a_database_without_organizations(
    backup: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.gz"
    await write_backup(whole, slug=None, now=NOW)
    acme = await Organization.get(ACME)
    assert acme is not None
    await acme.delete()
    await restore_backup(backup, await check_backup(backup), now=NOW)

    with pytest.raises(BackupError, match=r"into a database without organizations.* harbor"):
        await check_backup(whole)


async def test_nothing_is_left_of_a_backup_that_failed_and_none_is_overwritten(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "harbor.gz"
    with pytest.raises(BackupError, match="no organization with the slug nobody"):
        await write_backup(path, slug="nobody", now=NOW)
    assert os.listdir(tmp_path) == []

    path.write_text("precious")
    with pytest.raises(BackupError, match="exists already"):
        await write_backup(path, slug=None, now=NOW)
    assert path.read_text() == "precious"


def test_backup_is_for_its_owner_only(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def test_every_document_is_backed_up_but_those_about_the_database_and_those_made_anew() -> None:
    backed_up = {*documents_in_order(), *known_collections().values()}

    left_out = {document.__name__ for document in DOCUMENTS if document not in backed_up}
    rollups = {"AnalyticsCheckpoint", "AnalyticsRollup", "AnalyticsTimes"}
    assert left_out == {"MigrationRecord", "Restoration", *rollups}
