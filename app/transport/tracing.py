"""OpenTelemetry traces: a request, the operation in it, and each database command below.

Imported only where traces are configured, by the standard variables `OTEL_*`; the packages come
with the extra `telemetry`. No span holds anything a customer entered: there is no query text, no
variable, no command and no message of an exception.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.transport.operation_log import OK

SECONDS_TO_EXPORT = 2.0
SERVER_ERROR = 500


class TracedRequests:
    """Begins a span for each HTTP request, below the one its `traceparent` names."""

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._tracer.start_as_current_span(
            f"{scope['method']} {_route(scope['path'])}",
            context=propagate.extract(Headers(scope=scope)),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"]},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note_status(span, message["status"])
                await send(message)

            await self._app(scope, receive, send_noted)


def _route(path: str) -> str:
    """Return the first part of a path; the rest may be anything."""
    first = path.split("/")[1]
    is_known = first in {"graphql", "files", "livez", "readyz", "metrics", "exports", "vendor"}
    return f"/{first}" if is_known else "/…"


def _note_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= SERVER_ERROR:
        span.set_status(Status(StatusCode.ERROR))


class OperationSpan:
    """The span of one GraphQL operation; what it is called is known when it ends."""

    def __init__(self, tracer: Tracer) -> None:
        self._span = tracer.start_span("operation")

    def active(self) -> AbstractContextManager[object]:
        """Make what is done in the block part of the span."""
        return _active(self._span)

    def end(self, name: str | None, outcome: str) -> str:
        """End the span and return the id of its trace, 32 hexadecimal digits."""
        if name is not None:
            self._span.update_name(name)
            self._span.set_attribute("graphql.operation.name", name)
        self._span.set_attribute("scheduler.outcome", outcome)
        if outcome != OK:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()
        return trace.format_trace_id(self._span.get_span_context().trace_id)


@contextmanager
def _active(span: Span) -> Iterator[None]:
    token = context.attach(trace.set_span_in_context(span))
    try:
        yield
    finally:
        context.detach(token)


async def export_the_rest(provider: TracerProvider) -> None:
    """Send the spans that wait, and stop; a collector that does not answer is not waited for."""
    await asyncio.to_thread(provider.force_flush, int(SECONDS_TO_EXPORT * 1_000))
