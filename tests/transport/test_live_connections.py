"""What ends connections that stay open, and how many there may be."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute
from websockets.exceptions import InvalidStatus

from app.documents.api_key import ApiKey
from app.documents.driver import Database
from app.domain.access import OrganizationCredential
from app.services.credentials import Authenticator
from app.services.organizations import create_organization
from app.transport import live_credentials, stalls, websocket
from app.transport.authentication import authenticate
from app.transport.capacity import Capacity
from app.transport.live_credentials import wait_for_end
from app.transport.websocket import serve_socket
from app.transport.websocket_protocol import BoundedWebSocketProtocol
from tests.transport.sockets import a_socket, an_initialised_socket
from tests.transport.test_limits import an_endpoint

OPENING = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serve an application's sockets in this process; yields the address."""
    config = uvicorn.Config(
        app, ws=BoundedWebSocketProtocol, port=0, lifespan="off", log_level="critical"
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it.
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


def an_app(*, places: int = 10) -> Starlette:
    endpoint = replace(an_endpoint(), live_places=Capacity(places))
    route = WebSocketRoute("/graphql", lambda websocket: serve_socket(websocket, endpoint))
    return Starlette(routes=[route])


async def test_socket_that_is_not_initialised_in_time_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.1)
    async with serving(an_app()) as url, a_socket(url) as client:
        await client.send({"type": "ping"})

        assert await client.receive() == {"type": "pong"}
        assert await client.close_code() == 4408


async def test_sockets_of_a_process_are_bounded() -> None:
    async with serving(an_app(places=1)) as url:
        async with an_initialised_socket(url):
            with pytest.raises(InvalidStatus) as refused:
                await a_socket(url).__aenter__()
        async with an_initialised_socket(url) as later:
            await later.subscribe("{ fast }")
            assert await later.next_data() == {"fast": True}

    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "1"


async def test_client_that_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalls, "STALL_SECONDS", 0.2)
    cut_off = asyncio.Event()

    async def flood(_: Any, __: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        try:
            while True:
                await send({"type": "websocket.send", "text": "x" * 60_000})
        except OSError:
            cut_off.set()

    async with serving(flood) as url:
        port = int(url.rpartition(":")[2])
        # A client of this library reads ahead; nobody reads from a bare socket.
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.send(OPENING)
            await asyncio.wait_for(cut_off.wait(), 10)


async def test_connection_ends_with_its_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_credentials, "RECHECK_SECONDS", 0.02)
    organization, key = await create_organization("Harbor", now=datetime.now(UTC))
    headers = [(b"authorization", f"Bearer {key}".encode())]
    connection = HTTPConnection({"type": "http", "headers": headers})
    authenticator = Authenticator(b"t" * 32)
    credential = await authenticate(connection, authenticator)
    assert isinstance(credential, OrganizationCredential)
    waiting = asyncio.create_task(wait_for_end(credential, connection, authenticator))
    await asyncio.sleep(0.2)
    lasted = not waiting.done()

    await ApiKey.revoke(organization.id, credential.actor_id, now=datetime.now(UTC))

    await asyncio.wait_for(waiting, 5)
    assert lasted
