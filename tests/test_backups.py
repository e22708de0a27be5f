"""`scheduler backup` and `restore`, as an operator runs them and kills them."""

import os
import subprocess
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.documents.backups.contents import FILE_CHUNKS, known_collections
from app.documents.base import StoredDocument
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import Database, new_id
from app.services.organizations import create_organization
from tests.documents.test_backups import read, write
from tests.documents.test_stored_file import a_file
from tests.domain.booking_session.builders import THROUGH_SUMMARY
from tests.running_server import SCHEDULER, run_scheduler
from tests.services.booking_sessions.builders import a_customer, a_place

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
SERVER_WIDE = {"signing_keys"}
EVENTS = 4_000

Environment = dict[str, str]


@pytest.fixture
def environment(database: Database, database_uri: str) -> Environment:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": database.name,
    }


def in_database(environment: Environment, name: str) -> Environment:
    return {**environment, "SCHEDULER_DATABASE_NAME": name}


def a_name() -> str:
    return f"test_{uuid.uuid4().hex}"


async def everything(database: Database) -> dict[str, list[Any]]:
    """Return what is stored, but for what tells of the database itself."""
    found = {
        name: [raw async for raw in database[name].find({}).sort("_id")]
        for name in sorted(await database.list_collection_names())
        if name not in {"migrations", "restorations"}
    }
    return {name: records for name, records in found.items() if records}


async def a_record_everywhere(database: Database, organization_id: str, slug: str) -> None:
    """Store something of the organization in every collection, with values of many types."""
    values = {
        "organization_id": organization_id,
        "metadata": {"organization_id": organization_id, "width": 2**40},
        "booking_session_id": organization_id,
        "files_id": organization_id,
        "at": NOW,
        "before": datetime(1900, 1, 1, tzinfo=UTC),
        "number": 7,
        "ratio": 0.1,
        "whole": 2.0,
        "bytes": b"\x00\xff",
        "nothing": None,
        "list": [{"text": "Zoë \u2028 \x00"}, [], {}],
    }
    for name, document in known_collections().items():
        is_referred_to = name in {"organizations", "files.files", "booking_sessions"}
        record = {**values, "_id": organization_id if is_referred_to else new_id(), "slug": slug}
        await database[name].insert_one({**unique_values(document), **record})


def unique_values(document: type[StoredDocument] | None) -> dict[str, Any]:
    """Return values of a document's unique indexes that nothing else has."""
    indexes = [] if document is None else getattr(document.Settings, "indexes", [])
    unique = [model.document["key"] for model in indexes if model.document.get("unique")]
    return {field: new_id() for key in unique for field in key}


async def test_everything_comes_back_as_it_was(
    database: Database, environment: Environment, tmp_path: Path
) -> None:
    source, target = database.client[a_name()], database.client[a_name()]
    for slug in ("harbor", "acme"):
        await a_record_everywhere(source, new_id(), slug)
    path = str(tmp_path / "all.gz")

    saved = run_scheduler(
        ["backup", "--output", path, "--json"], in_database(environment, source.name)
    )
    restored = run_scheduler(["restore", path, "--json"], in_database(environment, target.name))

    assert set(saved["counts"].values()) == {2}
    assert restored["counts"] == saved["counts"]
    assert sorted(restored["organizations"]) == ["acme", "harbor"]
    assert await everything(target) == await everything(source)


async def test_one_organization_is_restored_beside_another(
    database: Database, environment: Environment, tmp_path: Path
) -> None:
    source, target = database.client[a_name()], database.client[a_name()]
    harbor, acme, other = new_id(), new_id(), new_id()
    await a_record_everywhere(source, harbor, "harbor")
    await a_record_everywhere(source, acme, "acme")
    await a_record_everywhere(target, other, "other")
    path = str(tmp_path / "harbor.gz")

    run_scheduler(
        ["backup", "--output", path, "--organization", "harbor", "--json"],
        in_database(environment, source.name),
    )
    run_scheduler(["restore", path, "--json"], in_database(environment, target.name))

    stored, original = await everything(target), await everything(source)
    for name in known_collections():
        slugs = [raw["slug"] for raw in stored[name]]
        assert sorted(slugs) == (["other"] if name in SERVER_WIDE else ["harbor", "other"])
        if name not in SERVER_WIDE:
            [mine] = [raw for raw in original[name] if raw["slug"] == "harbor"]
            assert mine in stored[name]


async def test_restored_sessions_are_what_their_events_say_and_files_can_be_read(
    database: Database, environment: Environment, tmp_path: Path
) -> None:
    organization, _ = await create_organization("Harbor", now=NOW)
    place = await a_place(organization_id=organization.id)
    booked = await a_customer(*THROUGH_SUMMARY, place=place)
    await booked.complete()
    await a_customer(place=place)
    await a_file("f" * 24, organization_id=organization.id)
    target = database.client[a_name()]
    path, elsewhere = str(tmp_path / "all.gz"), in_database(environment, target.name)

    run_scheduler(["backup", "--output", path, "--json"], environment)
    dry = run_scheduler(["restore", path, "--dry-run", "--json"], elsewhere)
    assert await everything(target) == {}
    restored = run_scheduler(["restore", path, "--json"], elsewhere)

    assert dry == {**restored, "restored": False}
    assert restored["migrationsToMake"] == []
    verified = run_scheduler(["sessions", "verify", "--json"], elsewhere)
    assert (verified["report"]["session_count"], verified["findings"]) == (2, [])
    # GridFS makes this index only with the first file it stores itself.
    assert await target[FILE_CHUNKS].count_documents({"files_id": "f" * 24}) == 1
    assert "files_id_1_n_1" in await target[FILE_CHUNKS].index_information()
    assert await everything(target) == await everything(database)


def start_restoring(path: Path, environment: Environment) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [SCHEDULER, "restore", str(path)], env=environment, stderr=subprocess.DEVNULL
    )


def is_event_of_no_client(line: dict[str, Any]) -> bool:
    stored = line.get("document", {}).get("client_event_id")
    return isinstance(stored, str) and stored.startswith("\0")


async def test_sessions_of_a_backup_of_the_version_before_are_restored_and_go_on(
    database: Database, environment: Environment, tmp_path: Path
) -> None:
    organization, _ = await create_organization("Older", now=NOW)
    customer = await a_customer(
        *THROUGH_SUMMARY, place=await a_place(organization_id=organization.id)
    )
    await customer.complete()
    before = await customer.events()
    path = tmp_path / "older.gz"
    of_one = ["--organization", organization.slug, "--json"]
    run_scheduler(["backup", "--output", str(path), *of_one], environment)
    lines = read(path)
    of_no_client = [line["document"] for line in lines if is_event_of_no_client(line)]
    for document in of_no_client:
        document.update(client_event_id=None, schema_version=2)
    write(path, lines)
    target = in_database(environment, a_name())

    run_scheduler(["restore", str(path), "--json"], target)

    assert len(of_no_client) == 2

    verified = run_scheduler(["sessions", "verify", "--json"], target)
    assert verified["findings"] == []
    assert verified["report"]["event_count"] == len(before)
    restored = database.client[target["SCHEDULER_DATABASE_NAME"]]["booking_session_events"]
    cursor = restored.find({"booking_session_id": customer.session_id}).sort("sequence", 1)
    ids = [raw["client_event_id"] async for raw in cursor]
    assert ids == [each.client_event_id or f"\0{each.sequence}" for each in before]


async def test_killed_restoring_shows_no_organization_and_is_gone_on_with(
    database: Database, environment: Environment, tmp_path: Path
) -> None:
    source, target = database.client[a_name()], database.client[a_name()]
    harbor = new_id()
    await a_record_everywhere(source, harbor, "harbor")
    events = BookingSessionEventDocument.get_motor_collection().name
    await source[events].insert_many(
        {
            **unique_values(BookingSessionEventDocument),
            "_id": new_id(),
            "organization_id": harbor,
            "booking_session_id": harbor,
        }
        for _ in range(EVENTS)
    )
    path = tmp_path / "all.gz"
    run_scheduler(
        ["backup", "--output", str(path), "--json"], in_database(environment, source.name)
    )

    killed = start_restoring(path, in_database(environment, target.name))
    deadline = time.monotonic() + 60
    while await target[events].estimated_document_count() == 0:
        assert time.monotonic() < deadline
        time.sleep(0.005)  # noqa: ASYNC251 - nothing else is to run.
    killed.kill()
    assert killed.wait() < 0
    assert 0 < await target[events].count_documents({}) < EVENTS + 1
    assert await target["organizations"].count_documents({}) == 0

    run_scheduler(["restore", str(path), "--json"], in_database(environment, target.name))

    assert await everything(target) == await everything(source)


def test_file_that_is_no_backup_ends_with_one_line(
    environment: Environment, tmp_path: Path
) -> None:
    path = tmp_path / "garbage.gz"
    path.write_bytes(b"garbage")

    ended = subprocess.run(
        [SCHEDULER, "restore", str(path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert f"{path}: it is cut short or damaged" in ended.stderr
    assert "Traceback" not in ended.stderr
