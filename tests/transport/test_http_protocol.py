"""Bounds on the head of a request and on the time it may take to send, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from app.transport import http_protocol, stalls
from app.transport.http_protocol import MAX_HEAD_BYTES, BoundedHttpProtocol

HEAD = b"POST / HTTP/1.1\r\nHost: test\r\n"


LARGE = b"x" * 20_000_000


async def count_body(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer with the number of bytes received, or with a large body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = LARGE if scope["path"] == "/large" else str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(
        count_body, http=BoundedHttpProtocol, port=0, lifespan="off", log_level="critical"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it.
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "PHASE_SECONDS", 0.2)
    monkeypatch.setattr(http_protocol, "CHECK_SECONDS", 0.05)


async def exchange(port: int, *parts: bytes, pause_seconds: float = 0) -> bytes:
    """Send the parts one after the other and return all the server sends until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    sending = asyncio.create_task(send())
    received = b""
    try:
        async with asyncio.timeout(10):
            while chunk := await reader.read(MAX_HEAD_BYTES):
                received += chunk
    except ConnectionResetError:
        pass  # What was still being sent; the answer came before.
    finally:
        sending.cancel()
        writer.close()
    return received


async def test_head_beyond_its_bound_is_refused(port: int) -> None:
    large = HEAD + b"X-Large: " + b"x" * MAX_HEAD_BYTES

    unfinished = await exchange(port, large)
    finished = await exchange(port, large + b"\r\n\r\n")
    url = await exchange(port, b"GET /" + b"x" * MAX_HEAD_BYTES)

    for answer in (unfinished, finished, url):
        assert answer.startswith(b"HTTP/1.1 431 ")


async def test_requests_within_the_bounds_are_served_one_after_the_other(port: int) -> None:
    request = HEAD + b"X: " + b"x" * 30_000 + b"\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000
    last = HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nxx"

    answer = await exchange(port, request, request + last)

    assert answer.count(b"HTTP/1.1 200 ") == 3
    assert [answer.count(b"\r\n\r\n" + size) for size in (b"200000", b"2")] == [2, 3]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "parts",
    [
        [HEAD[i : i + 1] for i in range(len(HEAD))],
        [HEAD + b"Content-Length: 100\r\n\r\n", *[b"x"] * 99],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 99],
        [b"\r\n"] * 99,
    ],
)
async def test_slow_senders_are_cut_off(port: int, parts: list[bytes]) -> None:
    answers = await asyncio.gather(*(exchange(port, *parts, pause_seconds=0.04) for _ in range(5)))

    assert {answer[:13] for answer in answers} == {b"HTTP/1.1 408 "}


@pytest.mark.usefixtures("impatient")
async def test_connection_that_says_nothing_is_closed(port: int) -> None:
    assert await exchange(port) == b""


@pytest.mark.parametrize(("pause_seconds", "is_whole"), [(0.0, True), (1.0, False)])
async def test_client_that_stops_reading_its_answer_is_cut_off(
    port: int, monkeypatch: pytest.MonkeyPatch, pause_seconds: float, is_whole: bool
) -> None:
    monkeypatch.setattr(stalls, "STALL_SECONDS", 0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    writer.write(b"GET /large HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
    await asyncio.sleep(pause_seconds)
    try:
        answer = await reader.read()
    except ConnectionResetError:
        answer = b""
    finally:
        writer.close()

    assert answer.endswith(LARGE) == is_whole


@pytest.mark.usefixtures("impatient")
async def test_large_body_may_take_longer_than_a_small_one(port: int) -> None:
    head = HEAD + b"Connection: close\r\nContent-Length: 160000\r\n\r\n"

    # At 400 kB a second for 0.4 seconds, twice as long as an empty body may take.
    answer = await exchange(port, head, *[b"x" * 16_000] * 10, pause_seconds=0.04)

    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length : 4\r\n",
        b"Content-Length: 4, 4\r\n",
        b"Content-Length: 0x4\r\n",
        b"Content-Length: -4\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"X: a\nTransfer-Encoding: chunked\n",
        b"X: a\rTransfer-Encoding: chunked\r\n",
        b"X: \0\r\n",
    ],
)
async def test_requests_whose_length_is_ambiguous_are_refused(port: int, headers: bytes) -> None:
    smuggled = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n"

    answer = await exchange(port, HEAD + headers + b"\r\n" + smuggled)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
