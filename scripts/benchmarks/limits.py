"""What all limits together cost: the clients' largest operations with them and without, in one run.

Both servers run in this process on one database and are called as an ASGI server calls them. Rounds
are interleaved; shown are medians of processor time, and of the ratio within each round. "Without"
still reads each document once, but knows no cost, points, capacity, deadline or leaving client. The
smallest operation shows what the limits cost beside nothing else.
"""

import asyncio
import contextlib
import json
import statistics
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry import Schema
from strawberry.extensions import SchemaExtension

from app.api.document_cache import prepare_document
from app.api.limits.points import PointsTable
from app.api.scalars import SCHEMA_CONFIG
from app.api.schema import Mutation, PublishedSchema, Query, schema
from app.documents.driver import disconnect
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import connect_documents
from app.services.credentials import Authenticator
from app.services.demonstration import DemonstrationKeys, load_demonstration
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.graphql_view import GraphQLEndpoint
from tests.contract.journey import load_operations

R = TypeVar("R")
SMALLEST = "{ __typename }"
OPERATIONS = {SMALLEST: SMALLEST, **load_operations("widget.graphql", "admin.graphql")}
ROUNDS = 40
REQUESTS_PER_ROUND = 4


class ReadOnce(SchemaExtension):
    """Offers documents already read, as the limits do, and nothing else."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        prepared = prepare_document(context.schema._schema, context.query or "")
        context.graphql_document = prepared.document
        context.pre_execution_errors = list(prepared.errors)
        yield


class Unlimited(Capacity, OperationRunner):
    """A capacity without end and a runner without deadline."""

    def __init__(self) -> None:
        self.deadline_seconds = 0

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        yield

    async def run(self, operation: Coroutine[Any, Any, R], **_: Any) -> R:
        return await operation


def an_app(
    schema: Schema, authenticator: Authenticator, *, runner: OperationRunner, capacity: Capacity
) -> Starlette:
    endpoint = GraphQLEndpoint(
        schema=schema,
        authenticator=lambda: authenticator,
        public_url="https://scheduler.example",
        render_page=None,
        offers_introspection=True,
        points=PointsTable(10**9),
        capacity=capacity,
        runner=runner,
    )
    return Starlette(routes=[Route("/graphql", endpoint.serve, methods=["POST"])])


async def request(app: Starlette, body: bytes, token: str | None) -> bytes:
    """Return the answer of one request; its client stays until it is answered."""
    headers = [(b"content-type", b"application/json"), (b"host", b"scheduler.example")]
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "root_path": "",
        "scheme": "http", "headers": headers, "client": ("127.0.0.1", 1), "server": ("test", 80),
    }  # fmt: skip
    received, answered = asyncio.Event(), asyncio.Event()
    answer = b""

    async def receive() -> dict[str, Any]:
        if not received.is_set():
            received.set()
            return {"type": "http.request", "body": body, "more_body": False}
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal answer
        answer += message.get("body", b"")

    await app(scope, receive, send)
    answered.set()
    return answer


async def measure(calls: dict[str, Callable[[], Coroutine[Any, Any, bytes]]]) -> dict[str, float]:
    """Return the median milliseconds a request takes `without` and `with`, and the median ratio."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(ROUNDS):
        for name, call in sorted(calls.items(), reverse=bool(turn % 2)):
            started = time.process_time()
            for _ in range(REQUESTS_PER_ROUND):
                await call()
            times[name].append((time.process_time() - started) / REQUESTS_PER_ROUND * 1_000)
    ratios = [more / less for more, less in zip(times["with"], times["without"], strict=True)]
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {**medians, "ratio": statistics.median(ratios)}


def requests(keys: DemonstrationKeys) -> dict[str, tuple[dict[str, Any], str | None]]:
    """Return variables and token for each operation."""
    boot = {"key": keys.publishable_key, "context": {"url": "https://harbor.example/"}}
    return {
        SMALLEST: ({}, None),
        "WidgetBoot": (boot, None),
        "FlowDashboard": ({"first": 20}, keys.api_key),
    }


async def compare(uri: str) -> Table:
    await connect_documents(uri, database_name=f"bench_{uuid.uuid4().hex}")
    table = Table("operation", "ms without limits", "ms with limits", "more")
    try:
        keys = await load_demonstration(
            now=datetime.now(UTC), report=lambda *_: None, visit_count=0
        )
        authenticator = await Authenticator.load()
        plain = PublishedSchema(
            query=Query, mutation=Mutation, config=SCHEMA_CONFIG, extensions=[ReadOnce]
        )
        off = Unlimited()
        apps = {
            "without": an_app(plain, authenticator, runner=off, capacity=off),
            "with": an_app(
                schema, authenticator, runner=OperationRunner(30), capacity=Capacity(500)
            ),
        }
        for name, (variables, token) in requests(keys).items():
            body = json.dumps({"query": OPERATIONS[name], "variables": variables}).encode()
            send = {
                kind: (lambda app=app, body=body, token=token: request(app, body, token))
                for kind, app in apps.items()
            }
            for call in send.values():
                answer = json.loads(await call())
                if "errors" in answer:
                    raise SystemExit(f"{name} failed: {answer['errors']}")
            times = await measure(send)
            table.add_row(
                name,
                f"{times['without']:.3f}",
                f"{times['with']:.3f}",
                f"{times['ratio'] - 1:+.1%}",
            )
    finally:
        disconnect()
    return table


def main() -> None:
    with start_in_memory_server() as uri:
        Console().print(asyncio.run(compare(uri)))


if __name__ == "__main__":
    main()
