"""Sending rows as they are read: no more than a page of them is ever in memory."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing, nullcontext
from datetime import datetime

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.api.errors import ErrorCode, RequestError
from app.api.exports.tables import EXPORT_TABLES, ExportTable, Rows
from app.documents.driver import command_deadline
from app.domain.analytics.exports import AnalyticsExportFormat, ExportRequest
from app.services.exports.formats import to_csv, to_json_lines
from app.transport.operation_log import CLIENT_GONE, FAILED, OK, Observation


class ExportStream(StreamingResponse):
    """Sends chunks, the next one being made only when the client has taken the one before.

    What makes them is ended when the client goes. An error in the middle breaks the connection off,
    so that no client takes half a file for a whole one. What came of it is noted in `seen`, and
    `recording` closed.
    """

    recording: AbstractContextManager[object] = nullcontext()

    def __init__(
        self,
        first: bytes,
        rest: AsyncGenerator[bytes, None],
        *,
        seen: Observation,
        headers: dict[str, str],
        media_type: str,
    ) -> None:
        self._rest = rest
        self._seen = seen
        super().__init__(self._chain(first), headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything, and end what makes it, however the sending ends."""
        self._seen.outcome = CLIENT_GONE
        with self.recording:
            async with aclosing(self._rest):
                await super().__call__(scope, receive, send)

    async def _chain(self, first: bytes) -> AsyncGenerator[bytes, None]:
        try:
            yield first
            async for chunk in self._rest:
                yield chunk
        except TimeoutError:
            self._seen.outcome = ErrorCode.TIMEOUT
            raise
        except RequestError as error:
            self._seen.outcome = str(error.formatted["extensions"]["code"])
            raise
        except Exception:
            self._seen.outcome = FAILED
            raise
        self._seen.outcome = OK


async def write_export(
    request: ExportRequest,
    format_: AnalyticsExportFormat,
    *,
    now: datetime,
    seconds_per_page: float,
) -> AsyncGenerator[bytes, None]:
    """Yield the file in chunks, at least one; TimeoutError for a page that takes too long."""
    table = EXPORT_TABLES[request.kind]
    head = to_csv([table.columns]) if format_ is AnalyticsExportFormat.CSV else b""
    async with aclosing(table.stream(request, now)) as pages:
        while (rows := await _next_page(pages, seconds_per_page)) is not None:
            yield head + _encode(table, rows, format_)
            head = b""
    yield head


async def _next_page(pages: AsyncGenerator[Rows, None], seconds: float) -> Rows | None:
    async with asyncio.timeout(seconds) as limit:
        with command_deadline(seconds):
            rows = await anext(pages, None)
    if limit.expired():
        # It was read all the same: the driver may forget that it was cancelled, see `end_tasks`.
        raise TimeoutError
    return rows


def _encode(table: ExportTable, rows: Rows, format_: AnalyticsExportFormat) -> bytes:
    match format_:
        case AnalyticsExportFormat.CSV:
            return to_csv(rows)
        case AnalyticsExportFormat.JSON_LINES:
            return to_json_lines(table.columns, rows)
