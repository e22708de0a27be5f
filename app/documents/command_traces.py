"""Each database command as a span of the operation it belongs to.

Imported only where traces are configured. A span names the command and its collection; what the
command says, which may be anything a customer entered, is never looked at.
"""

import time
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from app.documents.command_times import is_measured, named_command
from app.documents.driver import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)


class CommandTraces(CommandListener):
    """Makes the spans; commands of no traced operation, such as a worker's looks, have none."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._running: dict[tuple[Any, int], trace.Span] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """Begin a span below the current one."""
        if not is_measured(event) or not trace.get_current_span().is_recording():
            return
        command = named_command(event)
        self._running[event.connection_id, event.request_id] = self._tracer.start_span(
            f"{command.name} {command.collection}".rstrip(),
            kind=SpanKind.CLIENT,
            attributes={
                "db.system.name": "mongodb",
                "db.operation.name": command.name,
                "db.collection.name": command.collection,
            },
            start_time=time.time_ns(),
        )

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """End the span."""
        span = self._running.pop((event.connection_id, event.request_id), None)
        if span is not None:
            span.end()

    def failed(self, event: CommandFailedEvent) -> None:
        """End the span as one of a failure, without the reason: it may repeat a document."""
        span = self._running.pop((event.connection_id, event.request_id), None)
        if span is not None:
            span.set_status(Status(StatusCode.ERROR))
            span.end()
