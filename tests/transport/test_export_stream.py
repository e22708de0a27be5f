"""What an export holds in memory, and when it stops."""

import asyncio
import tracemalloc
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.documents.driver import CommandCounter
from app.domain.analytics.exports import (
    AnalyticsExportFormat,
    AnalyticsExportKind,
    ExportRequest,
)
from app.domain.analytics.scope import ReportScope
from app.transport.export_stream import ExportStream, write_export
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import Place
from tests.services.exports.crowd import a_crowd, every

pytestmark = pytest.mark.usefixtures("database")

MINUTE = timedelta(minutes=1)


def write(place: Place, *, seconds_per_page: float = 60.0) -> AsyncGenerator[bytes, None]:
    scope = ReportScope(
        organization_id=place.organization_id,
        created_from=datetime(2020, 1, 1, tzinfo=UTC),
        created_to=datetime(2030, 1, 1, tzinfo=UTC),
    )
    request = ExportRequest(kind=AnalyticsExportKind.SESSIONS, scope=scope)
    return write_export(
        request,
        AnalyticsExportFormat.CSV,
        now=NOW + MINUTE,
        seconds_per_page=seconds_per_page,
    )


async def test_memory_does_not_grow_with_the_rows() -> None:
    few, many = [await a_crowd(every(MINUTE, count), with_events=False) for count in (400, 4_000)]

    (few_rows, small), (many_rows, large) = [await measure(place) for place in (few, many)]

    assert (few_rows, many_rows) == (401, 4_001)
    assert large < 1.5 * small


async def measure(place: Place) -> tuple[int, int]:
    """Return how many rows an export has, and the most bytes it held at a time."""
    rows = 0
    tracemalloc.start()
    try:
        async for chunk in write(place):
            rows += chunk.count(b"\r\n")
        return rows, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_nothing_is_read_before_the_client_took_what_came_before(
    command_counter: CommandCounter,
) -> None:
    place = await a_crowd(every(MINUTE, 500), with_events=False)
    chunks = write(place)
    may_read = asyncio.Event()
    sent: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(len(message.get("body", b"")))
        await may_read.wait()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    gone = asyncio.Event()
    first = await anext(chunks)
    response = ExportStream(first, chunks, headers={}, media_type="text/csv")
    with command_counter.counting() as commands:
        answering = asyncio.create_task(
            response({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)  # type: ignore[arg-type]
        )
        await asyncio.sleep(0.2)
        assert (sent, commands) == ([0], [])

        gone.set()
        await answering

    assert commands == []
    assert await anext(chunks, None) is None


async def test_page_that_takes_too_long_ends_the_export() -> None:
    place = await a_crowd([NOW])

    with pytest.raises(TimeoutError):
        await anext(write(place, seconds_per_page=0))
