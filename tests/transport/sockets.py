"""A client of `graphql-transport-ws` that sends exactly what a test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

SUBPROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE_SECONDS = 10


class Socket:
    """One socket; messages are dictionaries, and whatever is none is sent as it is."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, *messages: Any) -> None:
        for message in messages:
            is_raw = isinstance(message, str | bytes)
            await self._connection.send(message if is_raw else json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message: dict[str, Any] = json.loads(await self._connection.recv())
        return message

    async def close_code(self) -> int | None:
        """Return the code the server closes with, passing over what it says before."""
        try:
            while True:
                await self.receive()
        except ConnectionClosed:
            return self._connection.close_code

    async def initialise(self, token: str | None = None) -> None:
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await self.send({"type": "connection_init", "payload": payload})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, query: str, operation_id: str = "1", **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send({"type": "subscribe", "id": operation_id, "payload": payload})

    async def next_data(self) -> Any:
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def error_codes(self) -> list[str]:
        message = await self.receive()
        assert message["type"] == "error", message
        return [error["extensions"]["code"] for error in message["payload"]]


@asynccontextmanager
async def a_socket(url: str, **options: Any) -> AsyncIterator[Socket]:
    """Open a socket to the server at an `http://` address, not yet initialised."""
    address = f"{url.replace('http', 'ws', 1)}/graphql"
    async with connect(address, **{"subprotocols": [SUBPROTOCOL], **options}) as connection:
        yield Socket(connection)


@asynccontextmanager
async def an_initialised_socket(url: str, token: str | None = None) -> AsyncIterator[Socket]:
    async with a_socket(url) as socket:
        await socket.initialise(token)
        yield socket
