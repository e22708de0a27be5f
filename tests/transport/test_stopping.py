"""Servers told to stop, and server processes that die."""

import asyncio
import contextlib
import os
import re
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.cli.serve import GRACE_SECONDS
from tests.running_server import RunningServer, running_server
from tests.transport.sockets import an_initialised_socket

SERVER_RESTARTS = 1012
VIEWER = {"query": "{ viewer { __typename } }"}


@pytest.fixture
def settings(database_uri: str, tmp_path: Path) -> dict[str, str]:
    return {
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": f"test_{uuid.uuid4().hex}",
        "SCHEDULER_DATA_DIR": str(tmp_path),
    }


def until(look: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def children_of(server: RunningServer) -> set[int]:
    """Return the server processes; the others of the family track resources."""
    pid = server.process.pid
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    listed = {int(child) for each in threads for child in each.read_text().split()}
    return {
        child for child in listed if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    }


def is_served(server: RunningServer) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.post(f"{server.url}/graphql", json=VIEWER).status_code == httpx.codes.OK
    return False


def count_of(server: RunningServer, name: str) -> float:
    page = httpx.get(f"{server.url}/metrics").text
    return sum(
        float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", page, re.MULTILINE)
    )


def test_killed_server_process_is_replaced_and_the_metrics_are_those_of_all(
    settings: dict[str, str],
) -> None:
    with running_server(SCHEDULER_WORKERS="2", **settings) as server:
        until(lambda: len(children_of(server)) == 2)
        before = children_of(server)
        for _ in range(40):
            assert is_served(server)
        assert count_of(server, "scheduler_operations_total") == 40
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(children_of(server)) == 2 and killed not in children_of(server))
        until(lambda: all(is_served(server) for _ in range(10)))
        # What the dead process counted is not lost.
        assert count_of(server, "scheduler_operations_total") >= 50


async def test_server_told_to_stop_is_not_ready_first_and_still_serves(
    settings: dict[str, str],
) -> None:
    with running_server(SCHEDULER_DRAIN_SECONDS="3", **settings) as server:
        async with httpx.AsyncClient(base_url=server.url) as http:
            server.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(3):
                while (await http.get("/readyz")).is_success:  # noqa: ASYNC110 - it is another's.
                    await asyncio.sleep(0.02)
            assert (await http.post("/graphql", json=VIEWER)).status_code == httpx.codes.OK
            assert (await http.get("/livez")).status_code == httpx.codes.OK
        assert await asyncio.to_thread(server.process.wait, GRACE_SECONDS) == 0


async def test_half_sent_requests_do_not_keep_a_server_beyond_its_grace(
    settings: dict[str, str],
) -> None:
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with running_server(**settings) as server:
        port = int(server.url.rsplit(":", 1)[1])
        writers = []
        for part in (b"POST /gra", head, head + b"Content-Length: 100000\r\n\r\n{"):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(part)
            writers.append(writer)
        await asyncio.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.process.wait, GRACE_SECONDS + 5) == 0
        for writer in writers:
            writer.close()


async def test_socket_is_closed_for_a_return_and_its_subscription_is_not_ended_before(
    settings: dict[str, str],
) -> None:
    with running_server(**settings) as server:
        key = server.create_organization()
        async with an_initialised_socket(server.url, key) as socket:
            # Nobody records anything, so nothing but the end can come.
            await socket.subscribe("subscription { bookingSessionEvents { sequence } }")
            await asyncio.sleep(0.5)
            messages: list[Any] = []
            server.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(Exception):
                while True:
                    messages.append(await socket.receive())
            assert messages == []
            assert await socket.close_code() == SERVER_RESTARTS
        assert await asyncio.to_thread(server.process.wait, GRACE_SECONDS) == 0
