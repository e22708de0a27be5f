"""A proxy between a server and its database that counts the commands, by reading their names.

It knows as much of MongoDB's wire protocol as that takes: every driver sends each command as one
OP_MSG whose first document begins with the command's name.
"""

import asyncio
import contextlib
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HEADER = struct.Struct("<iiii")
OP_MSG = 2013
FIRST_NAME = HEADER.size + 4 + 1 + 4 + 1
"""Where the name stands: after header, flags, kind of section, length and type of the element."""

CHANGE_STREAM = b"$changeStream\0"
CURSOR_ID = b"\x12id\0"
HOUSEKEEPING = frozenset(
    {"hello", "ismaster", "isMaster", "ping", "buildInfo", "endSessions", "saslStart"}
)
"""What drivers send by themselves, whatever is asked of a server."""


@dataclass(slots=True)
class CommandCount:
    """The commands seen so far; waiting for news of a change stream is none of a request's."""

    commands: Counter[str] = field(default_factory=Counter)
    _opening: set[int] = field(default_factory=set)
    _streams: set[bytes] = field(default_factory=set)

    def see_request(self, message: bytes) -> None:
        """Count what a server sends."""
        _, request_id, _, kind = HEADER.unpack_from(message)
        if kind != OP_MSG:
            return
        end = message.index(b"\0", FIRST_NAME)
        name = message[FIRST_NAME:end].decode()
        if name in HOUSEKEEPING:
            return
        if name == "aggregate" and CHANGE_STREAM in message:
            self._opening.add(request_id)
        elif name != "getMore" or message[end + 1 : end + 9] not in self._streams:
            self.commands[name] += 1

    def see_answer(self, message: bytes) -> None:
        """Note which cursors are change streams."""
        _, _, request_id, _ = HEADER.unpack_from(message)
        if request_id in self._opening:
            self._opening.discard(request_id)
            found = message.find(CURSOR_ID)
            if found >= 0:
                start = found + len(CURSOR_ID)
                self._streams.add(message[start : start + 8])


class Messages:
    """Cuts a stream of bytes into whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the messages that are complete with `data`."""
        self._buffer += data
        while len(self._buffer) >= HEADER.size:
            length = HEADER.unpack_from(self._buffer)[0]
            if len(self._buffer) < length:
                return
            yield bytes(self._buffer[:length])
            del self._buffer[:length]


@dataclass(frozen=True, slots=True)
class CountingProxy:
    """Where the proxy listens, and what it has seen."""

    port: int
    count: CommandCount


@contextlib.contextmanager
def counting_proxy(database_port: int) -> Iterator[CountingProxy]:
    """Run a proxy of the database in a thread until the end of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        count = CommandCount()
        listening = asyncio.run_coroutine_threadsafe(_listen(count, database_port), loop)
        server = listening.result(timeout=10)
        yield CountingProxy(server.sockets[0].getsockname()[1], count)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)


async def _listen(count: CommandCount, database_port: int) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", database_port)
        await asyncio.gather(
            _pass_on(reader, back, count.see_request), _pass_on(there, writer, count.see_answer)
        )

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, see: Callable[[bytes], None]
) -> None:
    messages = Messages()
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(2**16):
            for message in messages.feed(data):
                see(message)
            writer.write(data)
            await writer.drain()
    writer.close()
