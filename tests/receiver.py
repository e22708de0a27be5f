"""A system of the business that receives webhooks over a real socket."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import orjson

DOCUMENT = Path(__file__).parent.parent / "docs" / "webhooks.md"

Behaviour: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


def documented_verify() -> Callable[[str, dict[str, str], bytes], None]:
    """Return the function our documentation gives to receivers, which shares no code with ours."""
    example = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)  # noqa: S102 - it is our own text.
    verify: Callable[[str, dict[str, str], bytes], None] = names["verify"]
    return verify


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> Any:
        return orjson.loads(self.body)


def answering(status: int, *headers: str, body: bytes = b"") -> Behaviour:
    """Return a receiver that answers so."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}", *headers]
        writer.write("\r\n".join([*head, "Connection: close", "", ""]).encode() + body)
        await writer.drain()

    return answer


async def dropping(_: asyncio.StreamWriter) -> None:
    """Read the request and close the connection."""


async def hanging(_: asyncio.StreamWriter) -> None:
    """Read the request and never answer."""
    await asyncio.sleep(60)


async def babbling(writer: asyncio.StreamWriter) -> None:
    """Answer something that is no HTTP."""
    writer.write(b"hello\r\n\r\n")
    await writer.drain()


@dataclass
class Receiver:
    """Keeps what came, and behaves as it is told."""

    behaviour: Behaviour = field(default_factory=lambda: answering(204))
    received: list[Received] = field(default_factory=list)
    port: int = 0
    sent_bytes: int = 0
    _arrival: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def wait_for(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers["content-length"]))
            self.received.append(Received(head[0].split(" ")[1], headers, body))
            async with self._arrival:
                self._arrival.notify_all()
            await self.behaviour(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def flood(self, writer: asyncio.StreamWriter) -> None:
        """Answer 200 with a body of a gigabyte, for as long as somebody reads it."""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        for _ in range(16_384):
            self.sent_bytes += 65_536
            writer.write(b"x" * 65_536)
            await writer.drain()


@asynccontextmanager
async def a_receiver(behaviour: Behaviour | None = None) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port until the end of the block."""
    receiver = Receiver(behaviour or answering(204))
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
