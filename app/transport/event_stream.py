"""Results of an operation as Server-Sent Events, each operation on a connection of its own.

The mode of "distinct connections" of https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import aclosing
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from app.api.errors import unauthenticated
from app.documents.ending import end_tasks
from app.transport.graphql_answers import to_json
from app.transport.graphql_request import EVENT_STREAM

PING_SECONDS = 12.0
"""Between comments that keep proxies from closing a quiet stream."""

PING = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Streams results as `next` events, then `complete`.

    Stops with UNAUTHENTICATED when `credential_ends` returns before.
    """

    def __init__(
        self,
        results: AsyncGenerator[dict[str, Any], None],
        *,
        credential_ends: Coroutine[Any, Any, None],
    ) -> None:
        self._events = _events(results, credential_ends)
        super().__init__(self._events, media_type=EVENT_STREAM, headers=HEADERS)

    async def stream_response(self, send: Send) -> None:
        """Send the stream, and end what makes it when the client goes."""
        async with aclosing(self._events):
            await super().stream_response(send)


def single_event(content: dict[str, Any]) -> Response:
    """Return the stream of an operation that has one result."""
    return Response(_next_event(content) + COMPLETE, media_type=EVENT_STREAM, headers=HEADERS)


async def _events(
    results: AsyncGenerator[dict[str, Any], None], credential_ends: Coroutine[Any, Any, None]
) -> AsyncGenerator[bytes, None]:
    ending = asyncio.create_task(credential_ends)
    upcoming = asyncio.create_task(_next_or_none(results))
    try:
        while True:
            await asyncio.wait(
                {upcoming, ending}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if ending.done():
                yield _next_event({"errors": [unauthenticated().formatted]})
                break
            if not upcoming.done():
                yield PING
                continue
            if (result := upcoming.result()) is None:
                break
            yield _next_event(result)
            upcoming = asyncio.create_task(_next_or_none(results))
        yield COMPLETE
    finally:
        await end_tasks(ending, upcoming)
        await asyncio.gather(ending, upcoming, return_exceptions=True)
        await results.aclose()


async def _next_or_none(results: AsyncIterator[dict[str, Any]]) -> dict[str, Any] | None:
    return await anext(results, None)


def _next_event(result: dict[str, Any]) -> bytes:
    return b"event: next\ndata: %b\n\n" % to_json(result)
