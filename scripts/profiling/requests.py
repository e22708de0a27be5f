"""Requests to the application in this process, as an ASGI server makes them, without a socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from starlette.applications import Starlette

from app.api.ids import EntityType, encode_id
from app.domain.access import Role
from app.main import create_app
from app.services.booking_sessions import history
from app.services.content_generations import current_generations
from app.services.credentials import Authenticator
from app.services.organizations import create_api_key
from app.settings import Settings
from scripts.benchmarks.growth_data import Growing, a_growing_database
from tests.api.site import PAGE
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import (
    DETAILS,
    THROUGH_SERVICE,
    THROUGH_SUMMARY,
    updated,
)
from tests.services.booking_sessions.builders import Customer

WIDGET = load_operations("widget.graphql")
ADMIN = load_operations("admin.graphql")
HISTORY_EVENTS = 200
FLOWS = 10

numbers = count()
Ask = Callable[[], Awaitable[None]]


class Server(NamedTuple):
    """The application, what is stored, and a key to it."""

    app: Starlette
    growing: Growing
    api_key: str
    authenticator: Authenticator
    long_sessions: list[Customer]

    def token_of(self, customer: Customer) -> str:
        """Return what opens the customer's session."""
        return self.authenticator.session_token(
            organization_id=customer.place.organization_id, booking_session_id=customer.session_id
        )


async def call(app: Starlette, body: bytes, *, token: str) -> bytes:
    """Return the body of the answer to a POST of `body`."""
    headers = {
        b"host": b"localhost",
        b"content-type": b"application/json",
        b"accept": b"application/json",
        b"content-length": str(len(body)).encode(),
        **({b"authorization": f"Bearer {token}".encode()} if token else {}),
    }
    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"},
        **{"method": "POST", "scheme": "http", "path": "/graphql", "raw_path": b"/graphql"},
        **{"query_string": b"", "root_path": "", "headers": list(headers.items())},
        **{"client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8_000), "state": {}},
    }
    sent: list[bytes] = []
    waiting = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in waiting:
            return message
        await asyncio.Event().wait()  # The client stays.
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    await app(scope, receive, send)
    return b"".join(sent)


@asynccontextmanager
async def a_server(uri: str, folder: Path) -> AsyncIterator[Server]:
    """Start the application on a database with an organization of ten flows."""
    settings = Settings(mongodb_uri=uri, data_dir=folder, points_per_minute=0)
    app = create_app(settings, is_alone=True)
    async with app.router.lifespan_context(app):
        growing = await a_growing_database()
        await growing.grow("flows", FLOWS)
        _, api_key = await create_api_key(
            growing.site.organization_id, name="profile", role=Role.OWNER, now=growing.now
        )
        yield Server(app, growing, api_key, await Authenticator.load(), [])


class Operation(NamedTuple):
    """What is asked, once prepared."""

    name: str
    prepare: Callable[[Server], Awaitable[Ask]]


def asking(server: Server, query: str, variables: dict[str, Any], *, token: str = "") -> Ask:
    """Return what sends the request, encoded beforehand, and looks whether it was answered."""
    body = json.dumps({"query": query, "variables": variables}).encode()

    async def ask() -> None:
        answer = await call(server.app, body, token=token)
        if b'"data"' not in answer or b'"errors"' in answer:
            raise RuntimeError(answer[:500])

    return ask


async def boot_warm(server: Server) -> Ask:
    variables = {"key": server.growing.site.config.publishable_key, "context": {"url": PAGE}}
    return asking(server, WIDGET["WidgetBoot"], variables)


async def boot_cold(server: Server) -> Ask:
    ask = await boot_warm(server)

    async def ask_after_a_change() -> None:
        current_generations().change(server.growing.site.organization_id)
        await ask()

    return ask_after_a_change


async def dashboard(server: Server) -> Ask:
    return asking(server, ADMIN["FlowDashboard"], {"first": FLOWS}, token=server.api_key)


async def start(server: Server) -> Ask:
    key = server.growing.site.config.publishable_key
    input_ = {"publishableKey": key, "context": {"url": PAGE}}
    return asking(server, WIDGET["StartBookingSession"], {"input": input_})


async def one_event(server: Server) -> Ask:
    return await _record(server, 1)


async def batch(server: Server) -> Ask:
    return await _record(server, 20)


async def complete(server: Server) -> Ask:
    customer = await server.growing.customer(*THROUGH_SUMMARY)
    token = server.token_of(customer)
    input_ = {"bookingSessionId": _global_id(customer), "idempotencyKey": f"k{next(numbers)}"}
    return asking(server, WIDGET["CompleteBookingSession"], {"input": input_}, token=token)


async def session_history(server: Server) -> Ask:
    if not server.long_sessions:
        customer = await server.growing.customer(*THROUGH_SERVICE)
        for _ in range(HISTORY_EVENTS // 20):
            await customer.record(
                *(updated(DETAILS, "property", ("house", "flat")[n % 2]) for n in range(20))
            )
        server.long_sessions.append(customer)
    variables = {"id": _global_id(server.long_sessions[0]), "first": 100, "sequence": None}
    ask = asking(server, ADMIN["SessionHistory"], variables, token=server.api_key)

    async def ask_elsewhere() -> None:
        # As a process does that has not seen the session before.
        history._kept.clear()
        await ask()

    return ask_elsewhere


async def _record(server: Server, size: int) -> Ask:
    customer = await server.growing.customer(*THROUGH_SERVICE)
    token = server.token_of(customer)
    events = [_an_event(server) for _ in range(size)]
    input_ = {"bookingSessionId": _global_id(customer), "events": events}
    return asking(server, WIDGET["RecordBookingSessionEvents"], {"input": input_}, token=token)


def _an_event(server: Server) -> dict[str, Any]:
    number = next(numbers)
    step_id = server.growing.place.step_ids[DETAILS]
    return {
        "clientEventId": f"event-{number}",
        "stepId": encode_id(EntityType.BOOKING_FLOW_STEP, step_id),
        "data": {"fieldUpdated": {"field": "property", "value": ("house", "flat")[number % 2]}},
    }


def _global_id(customer: Customer) -> str:
    return encode_id(EntityType.BOOKING_SESSION, customer.session_id)


OPERATIONS = (
    Operation("boot-warm", boot_warm),
    Operation("boot-cold", boot_cold),
    Operation("dashboard", dashboard),
    Operation("start", start),
    Operation("event", one_event),
    Operation("event-batch", batch),
    Operation("complete", complete),
    Operation("session-history", session_history),
)
