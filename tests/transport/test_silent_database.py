"""A database that is there and says nothing, as behind a cut wire."""

import asyncio
import time
import uuid
from urllib.parse import urlsplit

from starlette.requests import Request

from app.documents.driver import SOCKET_TIMEOUT_MS, disconnect
from app.documents.registry import connect_documents
from app.transport.draining import Draining
from app.transport.health import Readiness

ANY_REQUEST = Request({"type": "http"})


class Wire:
    """A way to the database that can be cut so that nothing says so."""

    def __init__(self, database_uri: str) -> None:
        parts = urlsplit(database_uri)
        self._target = (parts.hostname, parts.port)
        self.is_silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_target = await asyncio.open_connection(*self._target)
        await asyncio.gather(self._pipe(reader, to_target[1]), self._pipe(to_target[0], writer))

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if not self.is_silent:
                writer.write(data)
        writer.close()


async def test_database_that_says_nothing_is_given_up_long_before_the_drivers_own_timeout(
    database_uri: str,
) -> None:
    wire = Wire(database_uri)
    listening = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    query = urlsplit(database_uri).query
    name = f"test_{uuid.uuid4().hex}"
    await connect_documents(f"mongodb://127.0.0.1:{port}/?{query}", database_name=name)
    try:
        readiness = Readiness(Draining())
        assert (await readiness.readyz(ANY_REQUEST)).status_code == 200
        wire.is_silent = True
        began = time.monotonic()
        assert (await readiness.readyz(ANY_REQUEST)).status_code == 503
        assert time.monotonic() - began < SOCKET_TIMEOUT_MS / 1_000 / 4
    finally:
        await disconnect()
        listening.close()
