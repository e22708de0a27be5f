"""A whole comparison, short: this server and the static bytes, on every operation."""

import asyncio
import sys
from pathlib import Path

import pytest

from app.documents.embedded_server import embedded_database
from scripts.benchmarks.comparison.dataset import SMALL, fill
from scripts.benchmarks.comparison.measuring import Effort, Run
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.page import to_markdown
from scripts.benchmarks.comparison.peers_setup import Installed
from scripts.benchmarks.comparison.report import exact_rows
from scripts.benchmarks.comparison.results import Results
from scripts.benchmarks.comparison.servers import Database, peer_kinds, scheduler_kind

HARDLY_ANY = Effort(
    rounds=1,
    seconds=0.05,
    warm_seconds=0.05,
    memory_requests=1,
    memory_seconds=0.05,
    budget_seconds=0,
)
KEYS = {
    *("operation", "server", "clients", "requests_per_second", "p50_ms", "p99_ms"),
    *("cpu_ms_per_request", "database_commands", "rss_mb_before", "rss_mb_after"),
}
OPERATIONS = (Operation.BOOT_WARM, Operation.EVENT_BATCH)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it reads Linux's /proc")


def a_short_run(folder: Path) -> Results:
    # This project's own packages are all that the static server needs.
    installed = Installed(python=Path(sys.executable), node=None, problems=())
    static = [kind for kind in peer_kinds(installed) if kind.server == "static"]
    with asyncio.Runner() as runner:
        database = embedded_database(data_dir=folder / "database")
        uri = runner.run(database.__aenter__())
        try:
            dataset = fill(Database(uri, "comparison"), large_size=SMALL, cold_widgets=10)
            kinds = [scheduler_kind(), *static]
            run = Run(dataset, kinds, effort=HARDLY_ANY, folder=folder, say=lambda _: None)
            return run.measure(OPERATIONS)
        finally:
            runner.run(database.__aexit__(None, None, None))


def test_short_run_measures_every_row(tmp_path: Path) -> None:
    results = a_short_run(tmp_path)
    rows = exact_rows(results, OPERATIONS)
    assert [(row["operation"], row["server"], row["clients"]) for row in rows] == [
        (operation, server, clients)
        for operation in ("boot-warm", "event-batch")
        for server in ("scheduler", "static")
        for clients in (1, 32)
    ]
    assert all(row.keys() == KEYS and None not in row.values() for row in rows)
    alone = {(row["operation"], row["server"]): row for row in rows if row["clients"] == 1}
    assert alone["boot-warm", "scheduler"]["database_commands"] == 0
    assert alone["event-batch", "scheduler"]["database_commands"] == 2
    assert alone["event-batch", "static"]["database_commands"] == 0

    page = to_markdown(results, OPERATIONS, ["Linux"])
    lines = [line for line in page.splitlines() if line.startswith(("| scheduler", "| static"))]
    assert [line.split(" | ")[:2] for line in lines] == 2 * [
        [f"| {server}", clients] for server in ("scheduler", "static") for clients in ("1", "32")
    ]
