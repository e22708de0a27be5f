"""Requests per second of the widget's operations beside static JSON from the same stack.

A server process is started on an in-memory database with the demonstration organization. Two
clients share one connection each; rounds are interleaved and the medians reported, so that noise of
the machine hits both alike. The database commands of each operation are counted in process.
"""

import asyncio
import json
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

from app.documents.driver import CommandCounter, disconnect
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import connect_documents
from app.services.demonstration import DemonstrationKeys, load_demonstration
from tests.api.client import an_anonymous_client
from tests.contract.journey import load_operations
from tests.running_server import running_server

OPERATION = load_operations("widget.graphql")["WidgetBoot"]
PAGE = "https://harbor.example/"
CLIENTS = 8
ROUNDS = 5
SECONDS_PER_ROUND = 2.0


async def load(uri: str, database_name: str, counter: CommandCounter) -> DemonstrationKeys:
    """Load the demonstration without past sessions; print what a boot asks of the database."""
    await connect_documents(uri, database_name=database_name, listeners=[counter])
    try:
        keys = await load_demonstration(
            now=datetime.now(UTC), report=lambda *_: None, visit_count=0
        )
        with counter.counting() as commands:
            await an_anonymous_client().data(OPERATION, boot_variables(keys))
        print(f"WidgetBoot: {len(commands)} database commands: {', '.join(sorted(commands))}")
        return keys
    finally:
        await disconnect()


def boot_variables(keys: DemonstrationKeys) -> dict[str, object]:
    return {"key": keys.publishable_key, "context": {"url": PAGE}}


async def requests_per_second(send: Callable[[], Awaitable[httpx.Response]]) -> float:
    """Return how many requests a second `CLIENTS` concurrent clients get answered."""
    deadline = time.perf_counter() + SECONDS_PER_ROUND
    count = 0

    async def client() -> None:
        nonlocal count
        while time.perf_counter() < deadline:
            (await send()).raise_for_status()
            count += 1

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return count / (time.perf_counter() - started)


async def measure(url: str, keys: DemonstrationKeys) -> dict[str, list[float]]:
    """Return requests per second of each round, the two kinds in turn."""
    body = json.dumps({"query": OPERATION, "variables": boot_variables(keys)})
    headers = {"Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        answer = await http.post("/graphql", content=body, headers=headers)
        if "errors" in answer.json():
            raise RuntimeError(answer.text)
        size = len(answer.content)
        print(f"answer: {size:,} bytes")
        kinds: dict[str, Callable[[], Awaitable[httpx.Response]]] = {
            "WidgetBoot": lambda: http.post("/graphql", content=body, headers=headers),
            "static JSON": lambda: http.get(f"/static?size={size}"),
        }
        rates: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind, send in kinds.items():
                rates[kind].append(await requests_per_second(send))
        return rates


def main() -> None:
    database_name = f"bench_{uuid.uuid4().hex}"
    with start_in_memory_server() as uri, TemporaryDirectory() as data_dir:
        keys = asyncio.run(load(uri, database_name, CommandCounter()))
        with running_server(
            application="scripts.benchmarks.bench_app:create_app",
            SCHEDULER_MONGODB_URI=uri,
            SCHEDULER_DATABASE_NAME=database_name,
            SCHEDULER_DATA_DIR=str(Path(data_dir)),
            SCHEDULER_POINTS_PER_MINUTE="0",
        ) as server:
            rates = asyncio.run(measure(server.url, keys))
    table = Table("operation", "requests/s (median)", "ratio to static")
    static = statistics.median(rates["static JSON"])
    for kind, values in rates.items():
        rate = statistics.median(values)
        table.add_row(kind, f"{rate:,.0f}", f"{rate / static:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
