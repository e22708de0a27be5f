"""Servers and databases killed under load: what was acknowledged is stored, exactly once."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import httpx
import pytest

from app.api.ids import EntityType, encode_id
from app.cli.serve import GRACE_SECONDS
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.connection import connected_documents
from app.documents.embedded_process import DatabaseFiles, read_runtime
from app.documents.file_lock import lock_exclusive, open_lock_file
from tests.api.site import PAGE, Site, a_site
from tests.patient_client import PatientClient, start_session
from tests.running_server import RunningServer, run_scheduler, running_server

KILLS = 3
CLIENTS = 14
SESSIONS = 10
"""Fewer than clients: some customers have the widget open twice."""


@pytest.fixture
async def site(tmp_path: Path) -> Site:
    """A site in an embedded database on disk, which nothing has open any more."""
    async with connected_documents(None, data_dir=tmp_path, database_name="scheduler"):
        return await a_site()


async def start_clients(server: RunningServer, site: Site) -> list[PatientClient]:
    key = site.config.publishable_key
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
        sessions = [
            await start_session(http, publishable_key=key, url=PAGE) for _ in range(SESSIONS)
        ]
    return [
        PatientClient(
            name=f"client-{number}",
            session=sessions[number % SESSIONS],
            step_id=site.step_id(0),
            chance=random.Random(number),  # noqa: S311 - no secret.
        )
        for number in range(CLIENTS)
    ]


async def record_until(
    server: RunningServer, clients: Sequence[PatientClient], *, end: Callable[[], None]
) -> None:
    """Let the clients record until, at a random moment under load, `end` makes the server go."""
    recording = [client.record_until_gone(server.url) for client in clients]
    await asyncio.gather(at_a_random_moment(clients, end), *recording)


async def at_a_random_moment(clients: Sequence[PatientClient], strike: Callable[[], None]) -> None:
    """Call `strike` somewhere in the middle of the writes, when enough has been acknowledged."""
    before = count(clients)["acknowledged"]
    chance = random.Random(before)  # noqa: S311 - no secret.
    enough = before + chance.randint(50, 250)
    while count(clients)["acknowledged"] < enough:  # noqa: ASYNC110 - answers come one by one.
        await asyncio.sleep(0.001)
    await asyncio.sleep(chance.uniform(0, 0.03))
    strike()


async def send_pending_again(server: RunningServer, clients: Sequence[PatientClient]) -> None:
    await asyncio.gather(*(client.record_while(server.url, lambda: False) for client in clients))


async def read_stored(data_dir: Path) -> dict[str, list[tuple[str | None, str, int]]]:
    """Return the client id, global id and sequence of the stored events of each session."""
    stored: dict[str, list[tuple[str | None, str, int]]] = {}
    async with connected_documents(None, data_dir=data_dir, database_name="scheduler"):
        collection = BookingSessionEventDocument.get_motor_collection()
        async for raw in collection.find({}).sort("sequence", 1):
            session_id = encode_id(EntityType.BOOKING_SESSION, raw["booking_session_id"])
            event_id = encode_id(EntityType.BOOKING_SESSION_EVENT, raw["_id"])
            row = (raw["client_event_id"], event_id, raw["sequence"])
            stored.setdefault(session_id, []).append(row)
    return stored


async def assert_stored_is_what_was_acknowledged(
    data_dir: Path, clients: Sequence[PatientClient]
) -> None:
    """Every acknowledged event is there once, in its place, and no other but those of the start."""
    stored = await read_stored(data_dir)
    for session_id in {client.session.id for client in clients}:
        rows = stored.pop(session_id)
        assert [sequence for _, _, sequence in rows] == list(range(1, len(rows) + 1))
        acknowledged = sorted(
            (sequence, client_event_id, event_id)
            for client in clients
            if client.session.id == session_id
            for client_event_id, (event_id, sequence) in client.acknowledged.items()
        )
        assert [(sequence, sent, event_id) for sent, event_id, sequence in rows[1:]] == acknowledged
    assert stored == {}


def assert_nothing_is_found(server: RunningServer, clients: Sequence[PatientClient]) -> None:
    verified = run_scheduler(["sessions", "verify", "--json"], server.environment)
    event_count = SESSIONS + sum(len(client.acknowledged) for client in clients)
    assert verified["findings"] == []
    assert verified["report"]["session_count"] == SESSIONS
    assert verified["report"]["event_count"] == event_count


def count(clients: Sequence[PatientClient]) -> Counter[str]:
    totals = Counter[str]()
    for client in clients:
        totals["sent"] += client.sent_count
        totals["acknowledged"] += len(client.acknowledged)
        totals["unavailable"] += client.unavailable_count
        totals["pending"] += len(client.pending or ())
    return totals


async def test_server_killed_again_and_again_loses_nothing_acknowledged_and_stores_nothing_twice(
    tmp_path: Path, site: Site
) -> None:
    clients: list[PatientClient] = []
    in_doubt = 0
    for _ in range(KILLS):
        with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
            clients = clients or await start_clients(server, site)
            await record_until(server, clients, end=server.process.kill)
            in_doubt += count(clients)["pending"]
    assert in_doubt > 0
    with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
        await send_pending_again(server, clients)
        assert count(clients)["acknowledged"] == count(clients)["sent"]
        await assert_stored_is_what_was_acknowledged(tmp_path, clients)
        assert_nothing_is_found(server, clients)


async def test_server_told_to_end_answers_what_it_stores_and_leaves_the_rest_to_a_retry(
    tmp_path: Path, site: Site
) -> None:
    with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
        clients = await start_clients(server, site)
        await record_until(server, clients, end=server.process.terminate)
        assert server.process.wait(timeout=GRACE_SECONDS) == 0
    with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
        # Nothing is in doubt: what was not acknowledged is not stored.
        await assert_stored_is_what_was_acknowledged(tmp_path, clients)
        await send_pending_again(server, clients)
        assert count(clients)["acknowledged"] == count(clients)["sent"]
        await assert_stored_is_what_was_acknowledged(tmp_path, clients)


async def test_database_killed_under_load_is_answered_with_unavailable_until_it_is_back(
    tmp_path: Path, site: Site
) -> None:
    files = DatabaseFiles(tmp_path)
    sent_before: dict[str, int] = {}

    def kill() -> None:
        database = read_runtime(files)
        assert database is not None
        os.kill(database.pid, signal.SIGKILL)
        sent_before.update({client.name: client.sent_count for client in clients})

    def goes_on(client: PatientClient) -> bool:
        """Until the client was acknowledged something that it first sent after the kill."""
        acknowledged = len(client.acknowledged)
        return client.name not in sent_before or acknowledged <= sent_before[client.name]

    async def kill_and_keep_away(server: RunningServer) -> None:
        # The server restarts the database as soon as it gets this lock.
        lock = open_lock_file(files.lifecycle_lock)
        try:
            assert await lock_exclusive(lock, timeout_seconds=10)
            await at_a_random_moment(clients, kill)
            while not all(each.unavailable_count for each in clients):  # noqa: ASYNC110 - as above.
                await asyncio.sleep(0.01)
            async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
                assert (await http.get("/readyz")).status_code == httpx.codes.SERVICE_UNAVAILABLE
        finally:
            os.close(lock)

    with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
        clients = await start_clients(server, site)
        await asyncio.gather(
            kill_and_keep_away(server),
            *(client.record_while(server.url, partial(goes_on, client)) for client in clients),
        )
        assert count(clients)["acknowledged"] == count(clients)["sent"]
        await assert_stored_is_what_was_acknowledged(tmp_path, clients)
        assert_nothing_is_found(server, clients)
        assert server.process.poll() is None
