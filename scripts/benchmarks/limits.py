"""What all limits, permissions and the accounting of cost take together, and what attacks take.

Processes with all limits and with none serve one database. The same requests are sent to each kind
in turn; shown are medians, over the rounds, of the processor time its process took for a request. A
boot is cold when it is executed, warm when its answer is kept
from before. Then the attacks are sent to the limited server, each time as a document it has not
seen: none may take more than `MOST_ATTACK_MS`.
"""

import asyncio
import itertools
import json
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
from rich.console import Console
from rich.table import Table

from app.documents.driver import disconnect
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import connect_documents
from app.services.demonstration import DemonstrationKeys, load_demonstration
from tests.api.limits.attacks import ATTACKS
from tests.contract.journey import load_operations

BOOT = load_operations("widget.graphql")["WidgetBoot"]
DASHBOARD = load_operations("admin.graphql")["FlowDashboard"]
KINDS = ("limited", "unlimited")
PROCESSES = 2
"""Of each kind: two processes that do the same differ by some per cent all the same."""

ROUNDS = 40
MOST_PERCENT = 5.0
MOST_ATTACK_MS = 50.0
ATTACK_RUNS = 5
BODY = b'{"query": "{ viewer { role } }", "variables": {"a": [%b1]}}'
BODIES = {
    "100,000-deep JSON": BODY % (b"[" * 100_000),
    "JSON of a million lists": BODY % (b"[]," * 1_200_000),
    "JSON of a million texts": BODY % (b'"",' * 1_300_000),
    "JSON of one endless text": BODY % (b'"' + b'\\",' * 1_300_000),
}


class Request(NamedTuple):
    """What is sent, by whom, and how often in a round."""

    query: str
    variables: Mapping[str, Any]
    token: str | None
    per_round: int


class Server(NamedTuple):
    """A server process and a connection to it."""

    http: httpx.Client

    def cpu_ms(self) -> float:
        """Return the processor time the process has used, this question's own included."""
        return float(self.http.get("/cpu").json()) * 1_000

    def send(self, content: bytes, token: str | None = None) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.http.post("/graphql", content=content, headers=headers)


@contextmanager
def running(kind: str, environment: Mapping[str, str]) -> Iterator[Server]:
    port = _find_free_port()
    command = [sys.executable, "-m", "scripts.benchmarks.limits_server", kind, str(port)]
    process = subprocess.Popen(command, env=environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            _wait_until_ready(http)
            yield Server(http)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(http: httpx.Client) -> None:
    for _ in range(600):
        try:
            if http.get("/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the server did not become ready")


async def load(uri: str, database_name: str) -> DemonstrationKeys:
    await connect_documents(uri, database_name=database_name)
    try:
        return await load_demonstration(
            now=datetime.now(UTC), report=lambda *_: None, visit_count=0
        )
    finally:
        await disconnect()


def requests(keys: DemonstrationKeys) -> dict[str, Request]:
    boot = {"key": keys.publishable_key, "context": {"url": "https://harbor.example/"}}
    # With a second field at its root, the operation is none whose answer is kept.
    cold = BOOT.replace("scheduler(", "cold: __typename scheduler(", 1)
    return {
        "WidgetBoot, cold": Request(cold, boot, None, 5),
        "WidgetBoot, warm": Request(BOOT, boot, None, 100),
        "FlowDashboard": Request(DASHBOARD, {"first": 20}, keys.api_key, 5),
    }


def compare(servers: Mapping[str, Sequence[Server]], request: Request) -> dict[str, float]:
    """Return the median milliseconds a request takes of each kind."""
    body = json.dumps({"query": request.query, "variables": request.variables}).encode()
    for server in itertools.chain(*servers.values()):
        for _ in range(5):
            answer = server.send(body, request.token)
            if "errors" in answer.json():
                raise SystemExit(f"an operation failed: {answer.text[:500]}")
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for turn in range(ROUNDS):
        for kind in KINDS if turn % 2 else reversed(KINDS):
            server = servers[kind][turn // 2 % PROCESSES]
            started = server.cpu_ms()
            for _ in range(request.per_round):
                server.send(body, request.token)
            times[kind].append((server.cpu_ms() - started) / request.per_round)
    return {kind: statistics.median(values) for kind, values in times.items()}


def attacks() -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield each attack by name, with bodies that differ a little each time."""
    for name, (build, size, _) in ATTACKS.items():
        queries = (build(size + n) for n in itertools.count())
        yield name, (json.dumps({"query": query}).encode() for query in queries)
    for name, body in BODIES.items():
        yield name, itertools.repeat(body)


def measure_attack(server: Server, bodies: Iterator[bytes]) -> float:
    """Return the median milliseconds of processor time one such request takes."""
    times = []
    for body in itertools.islice(bodies, ATTACK_RUNS):
        started = server.cpu_ms()
        server.send(body)
        times.append(server.cpu_ms() - started)
    return statistics.median(times)


def show_comparison(servers: Mapping[str, Sequence[Server]], keys: DemonstrationKeys) -> bool:
    table = Table("operation", "ms without limits", "ms with limits", "more")
    is_within = True
    for name, request in requests(keys).items():
        times = compare(servers, request)
        more = (times["limited"] / times["unlimited"] - 1) * 100
        is_within &= more <= MOST_PERCENT
        table.add_row(
            name, f"{times['unlimited']:.3f}", f"{times['limited']:.3f}", f"{more:+.1f} %"
        )
    Console().print(table)
    return is_within


def show_attacks(server: Server) -> bool:
    table = Table("attack", "ms of processor time")
    is_within = True
    for name, bodies in attacks():
        milliseconds = measure_attack(server, bodies)
        is_within &= milliseconds <= MOST_ATTACK_MS
        table.add_row(name, f"{milliseconds:.1f}")
    Console().print(table)
    return is_within


def main() -> None:
    database_name = f"bench_{uuid.uuid4().hex}"
    with ExitStack() as stack:
        uri = stack.enter_context(start_in_memory_server())
        environment = {
            "SCHEDULER_MONGODB_URI": uri,
            "SCHEDULER_DATABASE_NAME": database_name,
            "SCHEDULER_DATA_DIR": stack.enter_context(TemporaryDirectory()),
            "SCHEDULER_POINTS_PER_MINUTE": str(10**9),
        }
        keys = asyncio.run(load(uri, database_name))
        servers = {
            kind: [stack.enter_context(running(kind, environment)) for _ in range(PROCESSES)]
            for kind in KINDS
        }
        is_within = show_comparison(servers, keys)
        is_within &= show_attacks(servers["limited"][0])
    if not is_within:
        raise SystemExit(
            f"over {MOST_PERCENT:.0f} % more, or over {MOST_ATTACK_MS:.0f} ms for an attack"
        )


if __name__ == "__main__":
    main()
