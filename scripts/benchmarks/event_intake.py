"""Events per second through the API beside a plain insert of the same documents.

Thirty-two clients, each with a session of its own, record single events and batches of 20 by HTTP,
with a server that groups the writes of concurrent requests and with one that does not. The ceiling
is the driver's own insert of the same events by as many writers at once, in the same batch size and
with the same write concern. The clients, the server and the database share one machine, so a client
that costs much would slow the server down: they speak HTTP by hand.
"""

import asyncio
import json
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import disconnect, new_id
from app.documents.embedded_server import embedded_database
from app.documents.registry import connect_documents
from tests.api.site import PAGE, Site, a_site
from tests.contract.journey import load_operations
from tests.running_server import RunningServer, running_server

OPERATIONS = load_operations("widget.graphql")
CLIENTS = 32
ROUNDS = 3
SECONDS_PER_ROUND = 3.0
BATCH_SIZES = (1, 20)


class Connection:
    """One kept connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, server: RunningServer) -> "Connection":
        host, port = server.url.removeprefix("http://").split(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    async def post(self, body: str, *, token: str) -> bytes:
        """Return the body of the answer to a GraphQL request."""
        content = body.encode()
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\n{authorization}Content-Length: {len(content)}\r\n\r\n"
        )
        self._writer.write(head.encode() + content)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        length = answered.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        return await self._reader.readexactly(int(length))

    def close(self) -> None:
        self._writer.close()


class Client:
    """A customer who keeps recording events in one session."""

    def __init__(self, connection: Connection, site: Site) -> None:
        self._connection = connection
        self._site = site
        self._count = 0
        self.session: dict[str, Any] = {}
        self._token = ""

    async def start(self) -> None:
        data = await self._send(
            "StartBookingSession",
            {"publishableKey": self._site.config.publishable_key, "context": {"url": PAGE}},
        )
        self.session = data["startBookingSession"]["bookingSession"]
        self._token = data["startBookingSession"]["sessionToken"]

    async def record(self, size: int) -> None:
        events = [self._event() for _ in range(size)]
        data = await self._send(
            "RecordBookingSessionEvents",
            {"bookingSessionId": self.session["id"], "events": events},
        )
        errors = data["recordBookingSessionEvents"]["userErrors"]
        if errors:
            raise RuntimeError(errors)

    def _event(self) -> dict[str, Any]:
        self._count += 1
        return {
            "clientEventId": f"c-{self._count}",
            "stepId": self._site.step_id(0),
            "data": {"fieldUpdated": {"field": "zipcode", "value": str(self._count)}},
        }

    async def _send(self, name: str, input_: dict[str, Any]) -> dict[str, Any]:
        request = {"query": OPERATIONS[name], "variables": {"input": input_}}
        answer = json.loads(await self._connection.post(json.dumps(request), token=self._token))
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data


async def events_per_second(server: RunningServer, site: Site, size: int) -> float:
    """Return how many events a second the clients get acknowledged."""
    connections = [await Connection.open(server) for _ in range(CLIENTS)]
    clients = [Client(connection, site) for connection in connections]
    await asyncio.gather(*(client.start() for client in clients))
    rate = await rate_of([partial(client.record, size) for client in clients], size)
    for connection in connections:
        connection.close()
    return rate


async def rate_of(actions: Sequence[Callable[[], Awaitable[None]]], size: int) -> float:
    """Return how many events a second come of repeating all actions at once, each of `size`."""
    began = time.perf_counter()
    deadline = began + SECONDS_PER_ROUND

    async def repeat(action: Callable[[], Awaitable[None]]) -> int:
        count = 0
        while time.perf_counter() < deadline:
            await action()
            count += size
        return count

    counts = await asyncio.gather(*(repeat(action) for action in actions))
    return sum(counts) / (time.perf_counter() - began)


async def inserts_per_second(size: int) -> float:
    """Return how many of the same events a second the driver inserts by itself."""
    collection = BookingSessionEventDocument.get_motor_collection()
    event: dict[str, Any] = await collection.find_one({"event_type": "field_updated"}) or {}

    async def insert() -> None:
        session_id = new_id()
        changes = [
            {"_id": new_id(), "sequence": number, "client_event_id": f"c-{number}"}
            for number in range(size)
        ]
        await collection.insert_many(
            [{**event, **change, "booking_session_id": session_id} for change in changes]
        )

    return await rate_of([insert] * CLIENTS, size)


async def measure(servers: dict[str, RunningServer], site: Site) -> dict[tuple[str, int], float]:
    rates: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for size in BATCH_SIZES:
            for name, server in servers.items():
                rate = await events_per_second(server, site, size)
                rates.setdefault((name, size), []).append(rate)
            rate = await inserts_per_second(size)
            rates.setdefault(("plain insert", size), []).append(rate)
    return {key: statistics.median(values) for key, values in rates.items()}


async def run(uri: str, data_dir: str) -> None:
    database_name = f"bench_{uuid.uuid4().hex}"
    await connect_documents(uri, database_name=database_name)
    site = await a_site()
    settings = {
        "SCHEDULER_MONGODB_URI": uri,
        "SCHEDULER_DATABASE_NAME": database_name,
        "SCHEDULER_DATA_DIR": str(Path(data_dir)),
        "SCHEDULER_POINTS_PER_MINUTE": "0",
    }
    grouped = running_server(application="scripts.benchmarks.bench_app:create_app", **settings)
    alone = running_server(
        application="scripts.benchmarks.bench_app:create_ungrouped_app", **settings
    )
    with grouped as with_groups, alone as without_groups:
        rates = await measure({"API": with_groups, "API, ungrouped": without_groups}, site)
    await disconnect()
    table = Table("events/s (median)", *(f"batches of {size}" for size in BATCH_SIZES))
    for name in ("API", "API, ungrouped", "plain insert"):
        table.add_row(name, *(f"{rates[name, size]:,.0f}" for size in BATCH_SIZES))
    Console().print(table)
    for size in BATCH_SIZES:
        api, plain = rates["API", size], rates["plain insert", size]
        gain = api / rates["API, ungrouped", size]
        print(f"batches of {size}: {api / plain:.2f} of the plain insert, {gain:.2f} ungrouped")


def main() -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}: {CLIENTS} clients, {ROUNDS} rounds, interleaved")
    with TemporaryDirectory() as data_dir:
        asyncio.run(on_disk(data_dir))


async def on_disk(data_dir: str) -> None:
    # In memory, the events of a few rounds overflow the embedded database's cache.
    async with embedded_database(data_dir=Path(data_dir)) as uri:
        await run(uri, data_dir)


if __name__ == "__main__":
    main()
