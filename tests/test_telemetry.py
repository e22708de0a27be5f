"""Traces: from the request through the operation to each database command, or nothing at all."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.documents.driver import Database
from app.main import create_app
from app.settings import Settings
from app.telemetry import Telemetry, is_configured

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


async def test_command_is_part_of_its_operation_which_is_part_of_the_callers_trace(
    database: Database, database_uri: str, tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    settings = Settings(
        mongodb_uri=database_uri, database_name=f"{database.name}_traced", data_dir=tmp_path
    )
    app = create_app(settings, telemetry=Telemetry(provider=provider))
    query = 'query Boot { scheduler(publishableKey: "wpk_Zebulon") { name } }'
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http,
    ):
        traceparent = f"00-{TRACE_ID}-{PARENT_ID}-01"
        await http.post("/graphql", json={"query": query}, headers={"traceparent": traceparent})

    spans = exporter.get_finished_spans()
    [request] = [span for span in spans if span.name == "POST /graphql"]
    [operation] = [span for span in spans if span.name == "Boot"]
    commands = [span for span in spans if span.name == "find scheduler_configs"]
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == PARENT_ID
    assert operation.parent is not None
    assert operation.parent.span_id == request.context.span_id
    assert commands
    for command in commands:
        assert command.parent is not None
        assert command.parent.span_id == operation.context.span_id
    assert {f"{span.context.trace_id:032x}" for span in (request, operation, *commands)} == {
        TRACE_ID
    }
    assert "Zebulon" not in "".join(span.to_json() for span in spans)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_traces_are_made_when_a_collector_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_configured() is expected


def test_nothing_of_open_telemetry_is_imported_by_a_server_that_does_not_trace() -> None:
    code = (
        "import sys, app.main, app.cli; app.main.create_app_from_environment();"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OTEL_", "SCHEDULER_"))
    }
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )
