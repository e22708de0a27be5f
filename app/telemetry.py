"""Switching OpenTelemetry on: nothing of it is imported unless `OTEL_*` variables ask for traces.

`OTEL_EXPORTER_OTLP_ENDPOINT` (or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) names a collector, which is
spoken to in Protobuf over HTTP. `OTEL_SDK_DISABLED=true` and `OTEL_TRACES_EXPORTER=none` switch
traces off; sampling, the service's name and everything else are the SDK's own variables.
"""

import importlib.util
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from app.transport.operation_log import Span

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SERVICE_NAME = "scheduler"
INSTRUMENTATION = "app.telemetry"


class TelemetryNotInstalledError(Exception):
    """Traces are configured, but the packages of the extra `telemetry` are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: "
            "install the extra `telemetry`, or set OTEL_SDK_DISABLED=true"
        )


@dataclass(frozen=True, kw_only=True)
class Telemetry:
    """What traces the requests, operations and database commands of one process."""

    provider: "TracerProvider"

    def middleware(self) -> Middleware:
        """Return what begins the span of each request."""
        from app.transport.tracing import TracedRequests  # noqa: PLC0415 - see above.

        return Middleware(TracedRequests, tracer=self._tracer)

    def begin_operation(self) -> Span:
        """Return the span of an operation."""
        from app.transport.tracing import OperationSpan  # noqa: PLC0415 - see above.

        return OperationSpan(self._tracer)

    def listener(self) -> Any:
        """Return what begins the span of each database command."""
        from app.documents.command_traces import CommandTraces  # noqa: PLC0415 - see above.

        return CommandTraces(self._tracer)

    async def close(self) -> None:
        """Export what waits, for two seconds at most."""
        from app.transport.tracing import export_the_rest  # noqa: PLC0415 - see above.

        await export_the_rest(self.provider)

    @property
    def _tracer(self) -> Any:
        return self.provider.get_tracer(INSTRUMENTATION)


def is_configured() -> bool:
    """Return whether the environment asks for traces."""
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    has_no_exporter = os.environ.get("OTEL_TRACES_EXPORTER", "otlp").lower() == "none"
    return not (is_off or has_no_exporter) and any(os.environ.get(name) for name in ENDPOINTS)


def require_installed() -> None:
    """Raise TelemetryNotInstalledError when traces are asked for that cannot be made."""
    if is_configured() and importlib.util.find_spec("opentelemetry.sdk") is None:
        raise TelemetryNotInstalledError


def open_telemetry() -> Telemetry | None:
    """Return what traces this process; None, and nothing is imported, when nobody asks for it.

    Raises TelemetryNotInstalledError.
    """
    if not is_configured():
        return None
    require_installed()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", SERVICE_NAME)})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Telemetry(provider=provider)
