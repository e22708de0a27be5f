"""Events per second through the API beside a plain insert of the same documents.

Thirty-two clients, each with a session of its own, record single events and batches of 20 by HTTP,
with a server that groups the writes of concurrent requests and with one that does not. The ceiling
is the driver's insert of the same events in the same batch size, one after the other.
"""

import asyncio
import statistics
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from app.documents.booking_session_event import (
    BookingSessionEventDocument,
    EventBatch,
)
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


class Client:
    """A customer who keeps recording events in one session."""

    def __init__(self, http: httpx.AsyncClient, site: Site) -> None:
        self._http = http
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
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        response = await self._http.post(
            "/graphql",
            json={"query": OPERATIONS[name], "variables": {"input": input_}},
            headers=headers,
        )
        answer = response.json()
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data


async def events_per_second(server: RunningServer, site: Site, size: int) -> float:
    """Return how many events a second the clients get acknowledged."""
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as http:
        clients = [Client(http, site) for _ in range(CLIENTS)]
        await asyncio.gather(*(client.start() for client in clients))
        began = time.perf_counter()
        deadline = began + SECONDS_PER_ROUND

        async def work(client: Client) -> int:
            count = 0
            while time.perf_counter() < deadline:
                await client.record(size)
                count += size
            return count

        counts = await asyncio.gather(*(work(client) for client in clients))
        return sum(counts) / (time.perf_counter() - began)


async def inserts_per_second(site: Site, size: int) -> float:
    """Return how many of the same events a second the driver inserts by itself."""
    (session,) = await BookingSessionEventDocument.find_all().limit(1).to_list()
    events = await BookingSessionEventDocument.find_events(session.booking_session_id)
    began = time.perf_counter()
    count = 0
    while time.perf_counter() - began < SECONDS_PER_ROUND:
        session_id = new_id()
        batch = EventBatch(
            tuple(
                events[-1].model_copy(
                    update={"id": new_id(), "sequence": number, "client_event_id": f"c-{number}"}
                )
                for number in range(size)
            ),
            organization_id=site.organization_id,
            booking_session_id=session_id,
            booking_flow_id=site.flow.id,
        )
        await BookingSessionEventDocument.append_batches([batch])
        count += size
    return count / (time.perf_counter() - began)


async def measure(servers: dict[str, RunningServer], site: Site) -> dict[tuple[str, int], float]:
    rates: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for size in BATCH_SIZES:
            for name, server in servers.items():
                rate = await events_per_second(server, site, size)
                rates.setdefault((name, size), []).append(rate)
            rate = await inserts_per_second(site, size)
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
    disconnect()
    table = Table("events/s (median)", *(f"batches of {size}" for size in BATCH_SIZES))
    for name in ("API", "API, ungrouped", "plain insert"):
        table.add_row(name, *(f"{rates[name, size]:,.0f}" for size in BATCH_SIZES))
    Console().print(table)
    for size in BATCH_SIZES:
        api, alone, plain = (
            rates[name, size] for name in ("API", "API, ungrouped", "plain insert")
        )
        print(
            f"batches of {size}: {api / plain:.2f} of the plain insert, {api / alone:.2f} ungrouped"
        )


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
