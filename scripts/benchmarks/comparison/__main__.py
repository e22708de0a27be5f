"""Compare this server with its peers on one machine in one run."""

import argparse
import asyncio
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from app.documents.embedded_server import embedded_database
from scripts.benchmarks.comparison.dataset import fill
from scripts.benchmarks.comparison.measuring import FULL, QUICK, Run
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.page import PLOT_NAME, to_markdown
from scripts.benchmarks.comparison.peers_setup import PEERS, ROOT, Installed, install_peers
from scripts.benchmarks.comparison.report import (
    exact_rows,
    print_tables,
    print_targets,
    to_versions,
)
from scripts.benchmarks.comparison.results import Results
from scripts.benchmarks.comparison.servers import (
    SERVER_NAMES,
    Database,
    Kind,
    peer_kinds,
    scheduler_kind,
)
from scripts.generated_parts import replace_part

PAGE = ROOT / "docs" / "performance" / "comparison.md"
PLOT = ROOT / ".scheduler" / "benchmark.png"
DATABASE_NAME = "comparison"


def main(arguments: list[str]) -> int:
    given = _read_arguments(arguments)
    # As after Ctrl-C, the servers and the database are stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = Console(width=130 if not sys.stdout.isatty() else None)
    began = time.monotonic()
    installed = install_peers()
    versions = to_versions(installed)
    console.print(*versions, sep="\n", highlight=False)
    kinds = _chosen_kinds(given, installed)
    operations = [each for each in Operation if each.value in given.operations]
    with TemporaryDirectory(prefix="scheduler-comparison-") as name, asyncio.Runner() as runner:
        folder = Path(name)
        database = embedded_database(data_dir=folder / "database")
        uri = runner.run(database.__aenter__())
        try:
            dataset = fill(Database(uri, DATABASE_NAME))
            run = Run(
                dataset,
                kinds,
                effort=QUICK if given.quick else FULL,
                folder=folder,
                say=lambda text: print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True),
            )
            results = run.measure(operations)
        finally:
            runner.run(database.__aexit__(None, None, None))
        _report(results, operations, given, installed, console)
        if given.write:
            part = to_markdown(results, operations, versions)
            PAGE.write_text(replace_part(PAGE.read_text(), name="results", content=part))
    print(f"It took {time.monotonic() - began:.0f} s.")
    return 0


def _read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__, epilog="A name runs one of the other benchmarks."
    )
    parser.add_argument("--quick", action="store_true", help="the same in under five minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", default=PLOT, help="write the PNG")
    parser.add_argument("--write", action="store_true", help=f"put both into {PAGE.parent.name}")
    parser.add_argument(
        "--operations",
        nargs="+",
        choices=[each.value for each in Operation],
        default=[each.value for each in Operation],
        help="measure these only",
    )
    parser.add_argument(
        "--servers",
        nargs="+",
        choices=SERVER_NAMES,
        default=list(SERVER_NAMES),
        help="measure these and this server only",
    )
    parser.add_argument(
        "--variant",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="also measure this server with a setting, as SCHEDULER_WORKERS=2; not in the JSON",
    )
    return parser.parse_args(arguments)


def _chosen_kinds(given: argparse.Namespace, installed: Installed) -> list[Kind]:
    variants = [setting.partition("=") for setting in given.variant]
    return [
        scheduler_kind(),
        *(scheduler_kind(f"scheduler ({value})", **{name: value}) for name, _, value in variants),
        *(kind for kind in peer_kinds(installed) if kind.server in given.servers),
    ]


def _report(
    results: Results,
    operations: list[Operation],
    given: argparse.Namespace,
    installed: Installed,
    console: Console,
) -> None:
    print_tables(results, operations, console)
    print_targets(results, operations, console)
    rows = json.dumps(exact_rows(results, operations), indent=1)
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(rows + "\n")
        print(f"Rows: {given.json}")
    if installed.python is None:
        print("No plot: its packages could not be installed.")
        return
    given.plot.parent.mkdir(parents=True, exist_ok=True)
    kept = given.plot.with_suffix(".rows.json")
    kept.write_text(rows)
    program = PEERS / "plot.py"
    drawn = subprocess.run((installed.python, program, kept, given.plot), check=False)
    if given.write:
        shutil.copy(given.plot, PAGE.with_name(PLOT_NAME))
    kept.unlink()
    print(f"Plot: {given.plot}" if drawn.returncode == 0 else "The plot could not be drawn.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
