"""`/metrics`: what it holds, for whom, and that the dashboard asks for what is there."""

import contextlib
import json
import re
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.requests import Request

import app.cli.worker
import app.main  # noqa: F401 - every metric is registered where it is measured.
from app.transport.metrics import _may_read
from app.transport.operation_metrics import OTHER, UNNAMED, OperationNames
from tests.running_server import SCHEDULER, RunningServer

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana-dashboard.json"


def a_request(host: str | None, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/metrics",
            "headers": raw,
            "client": (host, 1) if host else None,
        }
    )


@pytest.mark.parametrize(
    ("host", "headers", "is_allowed"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("10.0.0.7", {}, False),
        ("203.0.113.9", {}, False),
        (None, {}, False),
        ("127.0.0.1", {"x_forwarded_for": "203.0.113.9"}, False),
        ("127.0.0.1", {"forwarded": "for=203.0.113.9"}, False),
    ],
)
def test_without_a_token_only_this_machine_reads(
    host: str | None, headers: dict[str, str], is_allowed: bool
) -> None:
    assert _may_read(a_request(host, **headers), None) is is_allowed


@pytest.mark.parametrize(
    ("sent", "is_allowed"), [("Bearer secret", True), ("Bearer other", False), (None, False)]
)
def test_with_a_token_who_sends_it_reads_from_anywhere_and_nobody_else(
    sent: str | None, is_allowed: bool
) -> None:
    headers = {} if sent is None else {"authorization": sent}
    assert _may_read(a_request("203.0.113.9", **headers), "secret") is is_allowed
    assert _may_read(a_request("127.0.0.1", **headers), "secret") is is_allowed


def test_names_of_operations_are_bounded_and_only_successful_ones_are_kept() -> None:
    names = OperationNames(max_names=2)
    assert names.label("Garbage", succeeded=False) == OTHER
    assert names.label("First", succeeded=True) == "First"
    assert names.label("Second", succeeded=True) == "Second"
    assert names.label("Third", succeeded=True) == OTHER
    assert names.label("First", succeeded=False) == "First"
    assert names.label(None, succeeded=True) == UNNAMED


def test_every_metric_the_dashboard_asks_for_exists() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = {name for query in queries for name in re.findall(r"scheduler_\w+", query)}
    existing = set()
    for family in REGISTRY.collect():
        suffixes = {
            "counter": ("_total",),
            "histogram": ("_bucket", "_sum", "_count"),
            "gauge": ("",),
        }.get(family.type, ("",))
        existing |= {f"{family.name}{suffix}" for suffix in suffixes}
    assert len(queries) > 20
    assert asked - existing == set()


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    text = DASHBOARD.read_text()
    families = {each.name for each in REGISTRY.collect() if each.name.startswith("scheduler_")}
    assert {name for name in families if name not in text} == set()


def test_page_counts_an_operation_by_name_and_outcome_and_holds_no_text(
    server: RunningServer,
) -> None:
    for query in (
        "query CountedOperation { viewer { __typename } }",
        'query Marker5551234567 { node(id: "marker-5551234567") { id } }',
    ):
        httpx.post(f"{server.url}/graphql", json={"query": query}).raise_for_status()
    page = httpx.get(f"{server.url}/metrics")

    assert page.status_code == httpx.codes.OK
    counted = r'scheduler_operations_total\{operation="CountedOperation",outcome="OK"\} 1\.0'
    assert re.search(counted, page.text)
    assert 'scheduler_operations_total{operation="other",outcome="UNAUTHENTICATED"}' in page.text
    assert 'scheduler_database_command_seconds_count{collection="scheduler_' in page.text
    assert 'scheduler_due{queue="bookings"} 0.0' in page.text
    assert "5551234567" not in page.text
    forwarded = httpx.get(f"{server.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert forwarded.status_code == httpx.codes.FORBIDDEN


def test_worker_serves_its_own_metrics_where_the_settings_say(server: RunningServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**server.environment, "SCHEDULER_WORKER_METRICS_PORT": port}
    worker = subprocess.Popen([SCHEDULER, "worker"], env=environment)
    try:
        page = page_of(f"http://127.0.0.1:{port}")
        assert 'scheduler_job_runs_total{job_name="sweep",outcome="ok"} 1.0' in page
    finally:
        worker.terminate()
        assert worker.wait(timeout=30) == 0


def page_of(url: str) -> str:
    """Return the metrics as soon as the first jobs have run."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            page = httpx.get(f"{url}/metrics").text
            if 'job_name="sweep"' in page:
                return page
        time.sleep(0.1)
    raise AssertionError("no job ran")
