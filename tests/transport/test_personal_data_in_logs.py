"""Nothing a customer entered is in a log, whatever fails."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.ids import EntityType, encode_id
from app.documents.connection import connected_documents
from app.documents.driver import current_database, new_id
from app.documents.embedded_process import DatabaseFiles, read_runtime
from app.documents.file_lock import lock_exclusive, open_lock_file
from tests.api.site import PAGE, Site, a_site
from tests.patient_client import SessionAccess, start_session
from tests.running_server import SCHEDULER, RunningServer, run_scheduler, running_server

MARK = "Zebulon"
NAME, EMAIL, PHONE = f"{MARK} Appleseed", f"{MARK}@harbor.example", "+15550147733"
MARKS = (MARK.encode(), b"5550147733")
BROKEN_ID = "b" * 24
EVENTS = """mutation Events($input: RecordBookingSessionEventsInput!) {
  recordBookingSessionEvents(input: $input) { userErrors { code } } }"""
CONNECT = """mutation ($input: ConnectVendorInput!) {
  connectVendor(input: $input) { userErrors { code } } }"""


class EchoingVendor(BaseHTTPRequestHandler):
    """Refuses everything, and repeats what it was told and more."""

    def do_POST(self) -> None:
        body = json.dumps({"title": NAME, "errors": {"phone": [PHONE]}}).encode()
        self.send_response(500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - as the base class calls it.

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def an_echoing_vendor() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), EchoingVendor) as vendor:
        threading.Thread(target=vendor.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{vendor.server_port}"
        vendor.shutdown()


async def break_documents(site: Site) -> None:
    """Store what no model accepts, with a customer in it, where requests and jobs will find it."""
    now, organization_id = datetime.now(UTC), site.organization_id
    broken = {"_id": BROKEN_ID, "organization_id": organization_id, "customer": NAME}
    database = current_database()
    await database["booking_services"].insert_one({**broken, "service_content": NAME})
    await database["files.files"].insert_one({**broken, "length": PHONE, "metadata": NAME})
    push = {"due_at": now, "lease_id": None, "note": NAME}
    await database["bookings"].insert_one({**broken, "vendor_push": push, "contact": PHONE})


def events_of(session_id: str, *events: dict[str, Any]) -> dict[str, Any]:
    input_ = {"bookingSessionId": session_id, "events": events}
    return {"query": EVENTS, "variables": {"input": input_}}


async def provoke(
    server: RunningServer, site: Site, session: SessionAccess, tokens: list[str | None]
) -> list[int]:
    """Send requests that fail in every way; return their statuses."""
    step_id = site.step_id(4)
    service_id = encode_id(EntityType.BOOKING_SERVICE, BROKEN_ID)
    typed = {"fieldUpdated": {"field": "firstName", "value": NAME}}
    event = {"clientEventId": NAME, "stepId": step_id, "data": typed}
    nonsense = {"clientEventId": PHONE, "nonsense": {EMAIL: NAME}}
    contents: list[Any] = [
        {"query": f'{{ viewer {{ {MARK} }} node(id: "{EMAIL}") {{ id }} }}'},
        {"query": f"{{ {MARK} {NAME} {{"},
        {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": [NAME]}},
        {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": service_id}},
        {"query": "{ viewer { __typename } }", "operationName": NAME},
        {"query": "{ viewer { __typename } }", "extensions": {"persistedQuery": {NAME: 1}}},
        events_of(NAME, event),
        events_of(session.id, nonsense),
        events_of(session.id, event, event),
        {"query": "{ bookingServices(first: 50) { nodes { id serviceContent { title } } } }"},
        {
            "query": CONNECT,
            "variables": {
                "input": {
                    "vendorType": "SERVICETITAN",
                    "tenantId": "42",
                    "clientId": EMAIL,
                    "clientSecret": NAME,
                    "appKey": NAME,
                    "bookingProviderId": "7",
                }
            },
        },
        {"query": {NAME: PHONE}},
        [NAME],
    ]
    headers = {"X-Request-Id": PHONE, "User-Agent": NAME, "Referer": f"https://x.example/?q={NAME}"}
    statuses = []
    async with httpx.AsyncClient(base_url=server.url, timeout=30, headers=headers) as http:
        for token in tokens:
            authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
            for content in contents:
                answer = await http.post("/graphql", json=content, headers=authorization)
                statuses.append(answer.status_code)
                assert answer.headers["X-Request-Id"] != PHONE
        for path in (
            f"/files/{encode_id(EntityType.FILE, BROKEN_ID)}",
            f"/graphql?query={{{MARK}}}&variables={{{MARK}",
            f"/{MARK}?phone={PHONE}",
            f"/exports/{MARK}?link={MARK}",
        ):
            statuses.append((await http.get(path)).status_code)  # noqa: PERF401 - one by one.
        for path in ("/vendor/webhooks/x", "/files"):
            answer = await http.post(
                path, content=NAME, headers={"Authorization": f"Bearer {tokens[0]}"}
            )
            statuses.append(answer.status_code)
    return statuses


def create_key(server: RunningServer) -> str:
    """Return the OWNER key of the only organization."""
    [organization] = run_scheduler(["organization", "list", "--json"], server.environment)[
        "organizations"
    ]
    options = ["--organization", organization["slug"], "--name", "k", "--role", "OWNER", "--json"]
    return str(run_scheduler(["key", "create", *options], server.environment)["secret"])


def run_failing_worker(server: RunningServer, log: Path) -> None:
    with log.open("ab") as errors:
        command = [SCHEDULER, "worker", "--once"]
        worker = subprocess.run(
            command, env=server.environment, stderr=errors, timeout=60, check=False
        )
    assert worker.returncode == 1


@asynccontextmanager
async def database_away(data_dir: Path) -> AsyncIterator[None]:
    """Kill the database, and keep it from being started again inside the block."""
    files = DatabaseFiles(data_dir)
    lock = open_lock_file(files.lifecycle_lock)
    try:
        assert await lock_exclusive(lock, timeout_seconds=10)
        database = read_runtime(files)
        assert database is not None
        os.kill(database.pid, signal.SIGKILL)
        yield
    finally:
        os.close(lock)


def text_of(log: Path) -> bytes:
    return log.read_bytes()


def records_of(log: Path) -> list[dict[str, Any]]:
    """Return the JSON records; what is none is what the command tells people before it serves."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith('{"')]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


async def test_no_record_of_a_server_or_worker_has_personal_data_whatever_fails(
    tmp_path: Path, log: Path
) -> None:
    data_dir = tmp_path / "data"
    async with connected_documents(None, data_dir=data_dir, database_name="scheduler"):
        site = await a_site()
        await break_documents(site)
    with (
        an_echoing_vendor() as vendor_url,
        running_server(
            log=str(log),
            SCHEDULER_DATA_DIR=str(data_dir),
            SCHEDULER_LOG_FORMAT="json",
            SCHEDULER_LOG_LEVEL="debug",
            SCHEDULER_SLOW_OPERATION_MS="0",
            SCHEDULER_VENDOR_API_URL=vendor_url,
            SCHEDULER_VENDOR_AUTH_URL=vendor_url,
            SCHEDULER_VENDOR_PRIVATE_HOSTS="127.0.0.1",
        ) as server,
    ):
        key = create_key(server)
        async with httpx.AsyncClient(base_url=server.url) as http:
            session = await start_session(
                http, publishable_key=site.config.publishable_key, url=f"{PAGE}?name={MARK}"
            )
        tokens = [key, session.token, f"wsk_{MARK}", None]
        statuses = await provoke(server, site, session, tokens)
        run_failing_worker(server, log)
        async with database_away(data_dir):
            statuses += await provoke(server, site, session, [key])

    records = records_of(log)
    text = text_of(log)
    assert [mark for mark in (*MARKS, key.encode(), session.token.encode()) if mark in text] == []
    # All of it did happen.
    outcomes = {record.get("outcome") for record in records}
    assert {
        "OK",
        "INTERNAL",
        "UNAUTHENTICATED",
        "BAD_REQUEST",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_USER_INPUT",
        "NOT_FOUND",
        "UNAVAILABLE",
    } <= outcomes
    exceptions = {each["type"] for record in records for each in record.get("exception", ())}
    assert "pydantic_core._pydantic_core.ValidationError" in exceptions
    assert {500, 503} <= set(statuses)


async def test_index_that_cannot_be_made_stops_the_start_without_naming_whose_documents_collide(
    tmp_path: Path, log: Path
) -> None:
    data_dir = tmp_path / "data"
    async with connected_documents(
        None, data_dir=data_dir, database_name="scheduler", create_indexes=False
    ) as database:
        members = [
            {
                "_id": new_id(),
                "organization_id": "o",
                "email": EMAIL,
                "slug": NAME,
                "subject": NAME,
                "issuer": "i",
            }
            for _ in range(2)
        ]
        await database["members"].insert_many(members)
        await database["organizations"].insert_many([{**m, "_id": new_id()} for m in members])
    with (
        pytest.raises(RuntimeError, match="exit code 3"),
        running_server(log=str(log), SCHEDULER_DATA_DIR=str(data_dir), SCHEDULER_LOG_FORMAT="json"),
    ):
        raise AssertionError("it must not start")
    text = text_of(log)
    assert [mark for mark in MARKS if mark in text] == []
    [failure] = [r for r in records_of(log) if r["event"] == "the application failed"]
    assert failure["exception"][-1]["type"].endswith("IndexesNotMadeError")
    assert failure["exception"][-1]["at"]
