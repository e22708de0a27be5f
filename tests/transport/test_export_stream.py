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
from app.transport.operation_log import CLIENT_GONE, Observation
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import Place
from tests.services.exports.crowd import a_crowd, every

pytestmark = pytest.mark.usefixtures("database")

MINUTE = timedelta(minutes=1)


def write(
    place: Place,
    *,
    kind: AnalyticsExportKind = AnalyticsExportKind.SESSIONS,
    format_: AnalyticsExportFormat = AnalyticsExportFormat.CSV,
    seconds_per_page: float = 60.0,
) -> AsyncGenerator[bytes, None]:
    scope = ReportScope(
        organization_id=place.organization_id,
        created_from=datetime(2020, 1, 1, tzinfo=UTC),
        created_to=datetime(2030, 1, 1, tzinfo=UTC),
    )
    request = ExportRequest(kind=kind, scope=scope)
    return write_export(request, format_, now=NOW + MINUTE, seconds_per_page=seconds_per_page)


@pytest.mark.parametrize("format_", AnalyticsExportFormat)
@pytest.mark.parametrize(
    ("kind", "rows_each"), [(AnalyticsExportKind.SESSIONS, 1), (AnalyticsExportKind.EVENTS, 3)]
)
async def test_memory_does_not_grow_with_the_rows(
    kind: AnalyticsExportKind, rows_each: int, format_: AnalyticsExportFormat
) -> None:
    has_events = kind is AnalyticsExportKind.EVENTS
    numbers = (400, 1_200)
    places = [await a_crowd(every(MINUTE, count), with_events=has_events) for count in numbers]

    few, many = [await measure(write(place, kind=kind, format_=format_)) for place in places]

    head = 1 if format_ is AnalyticsExportFormat.CSV else 0
    assert (few[0], many[0]) == tuple(head + rows_each * count for count in numbers)
    assert many[1] < 1.5 * few[1]


async def measure(chunks: AsyncGenerator[bytes, None]) -> tuple[int, int]:
    """Return how many rows an export has, and the most bytes it held at a time."""
    rows = 0
    tracemalloc.start()
    try:
        async for chunk in chunks:
            rows += chunk.count(b"\n")
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
    seen = Observation()
    response = ExportStream(first, chunks, seen=seen, headers={}, media_type="text/csv")
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
    assert seen.outcome == CLIENT_GONE


async def test_page_that_takes_too_long_ends_the_export() -> None:
    place = await a_crowd([NOW])

    with pytest.raises(TimeoutError):
        await anext(write(place, seconds_per_page=0))
