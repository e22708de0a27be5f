"""The result for people: tables, targets, and what it was measured with."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts.benchmarks.comparison.figures import ratio
from scripts.benchmarks.comparison.operations import Operation
from scripts.benchmarks.comparison.peers_setup import NODE_PACKAGES, Installed
from scripts.benchmarks.comparison.results import CLIENTS, Results
from scripts.benchmarks.comparison.servers import SERVER_NAMES

MANY = CLIENTS[-1]
NOT_MEASURED = "-"
PYTHON_PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop")
PEER_PACKAGES = ("ariadne", "aiodataloader", "pymongo", "uvicorn", "uvloop", "httptools")
NODE_NAMES = ("graphql-yoga", "graphql", "graphql-jit", "mongodb", "dataloader")

COLUMNS = (
    *("server", "clients", "requests/s", "of scheduler", "p50 ms", "p99 ms", "CPU ms"),
    *("commands", "memory MB", "after requests"),
)


def exact_rows(results: Results, operations: Sequence[Operation]) -> list[dict[str, object]]:
    """Return the rows of the six servers as they are written as JSON."""
    return [
        row._asdict()
        for operation in operations
        for kind, row in results.rows(operation)
        if kind.label in SERVER_NAMES
    ]


def print_tables(results: Results, operations: Sequence[Operation], console: Console) -> None:
    for operation in operations:
        console.print(_table(results, operation))
    busiest = max(
        (
            (each.generator_share, f"{operation.value} of {label}")
            for (operation, label), measured in results.of.items()
            for rounds in measured.rounds.values()
            for each in rounds
        ),
        default=(0.0, "nothing"),
    )
    console.print(
        f"The load generator used {busiest[0]:.0%} of its core at most, for {busiest[1]}."
    )
    for (operation, label), measured in results.of.items():
        if measured.problem is not None:
            console.print(f"[red]{operation.value} on {label}: {measured.problem}[/red]")


def _table(results: Results, operation: Operation) -> Table:
    table = Table(COLUMNS[0], title=operation.value, title_justify="left")
    for name in COLUMNS[1:]:
        table.add_column(name, justify="right")
    for number, cells in enumerate(to_cells(results, operation), start=1):
        table.add_row(*cells, end_section=number % len(CLIENTS) == 0)
    return table


def to_cells(results: Results, operation: Operation) -> list[list[str]]:
    """Return what the table of an operation shows, by line, in the order of `COLUMNS`."""
    rows = results.rows(operation)
    own = {row.clients: row for kind, row in rows if kind.label == "scheduler"}
    lines = []
    for kind, row in rows:
        memory = results.of[operation, kind.label].memory
        rate = row.requests_per_second
        mine = own[row.clients].requests_per_second if row.clients in own else None
        lines.append(
            [
                kind.label,
                str(row.clients),
                _number(rate, 1 if rate and rate < 100 else 0),
                _number(ratio(rate, mine), 2),
                _number(row.p50_ms, 2),
                _number(row.p99_ms, 2),
                _number(row.cpu_ms_per_request, 3),
                _number(row.database_commands, 2),
                f"{memory.before_mb:.0f} → {memory.after_mb:.0f}" if memory else NOT_MEASURED,
                f"{memory.request_count:,}" if memory else NOT_MEASURED,
            ]
        )
    return lines


def _number(value: float | None, digits: int) -> str:
    return NOT_MEASURED if value is None else f"{value:,.{digits}f}"


def print_targets(results: Results, operations: Sequence[Operation], console: Console) -> None:
    table = Table("target", "is", "", title="Targets", title_justify="left")
    for cells in judge_targets(results, operations):
        table.add_row(*cells)
    console.print(table)


def judge_targets(results: Results, operations: Sequence[Operation]) -> list[tuple[str, str, str]]:
    """Return each target, what was measured, and whether it was met."""
    judged = []
    for text, value, bound, is_least in _targets(results, operations):
        is_met = value is not None and (value >= bound if is_least else value <= bound)
        verdict = "not measured" if value is None else "met" if is_met else "missed"
        judged.append((text, _number(value, 2), verdict))
    for operation, (small, large) in _growth(results, operations).items():
        text = f"{operation.value}: database commands do not grow with the data"
        judged.append((text, f"{small:g} → {large:g}", "met" if large <= small else "missed"))
    return judged


def _targets(
    results: Results, operations: Sequence[Operation]
) -> list[tuple[str, float | None, float, bool]]:
    """Return each target with the quotient measured, its bound, and whether that is the least."""
    rows = {
        (row.operation, kind.label, row.clients): row
        for operation in operations
        for kind, row in results.rows(operation)
    }

    def rate(server: str) -> float | None:
        row = rows.get((Operation.BOOT_WARM.value, server, MANY))
        return row.requests_per_second if row else None

    def cpu(server: str) -> float | None:
        row = rows.get((Operation.DASHBOARD.value, server, 1))
        return row.cpu_ms_per_request if row else None

    targets = [
        ("warm boot ≥ 0.7 of static bytes", ratio(rate("scheduler"), rate("static")), 0.7, True),
        ("warm boot ≥ that of yoga-jit", ratio(rate("scheduler"), rate("yoga-jit")), 1.0, True),
        (
            "dashboard's CPU ≤ 1/3 of naive Strawberry's",
            ratio(cpu("scheduler"), cpu("strawberry")),
            1 / 3,
            False,
        ),
        ("dashboard's CPU ≤ 1.2 of yoga's", ratio(cpu("scheduler"), cpu("yoga")), 1.2, False),
    ]
    boot = rows.get((Operation.BOOT_WARM.value, "scheduler", MANY))
    memory = results.of.get((Operation.BOOT_WARM, "scheduler"))
    if boot is not None and memory is not None and memory.memory is not None:
        text = f"memory after {memory.memory.request_count:,} warm boots ≤ 1.1 of before"
        targets.append((text, ratio(boot.rss_mb_after, boot.rss_mb_before), 1.1, False))
    return targets


def _growth(
    results: Results, operations: Sequence[Operation]
) -> dict[Operation, tuple[float, float]]:
    """Return this server's commands with little data and with much."""
    growth = {}
    for operation in operations:
        measured = results.of.get((operation, "scheduler"))
        if measured and measured.commands_small is not None and 1 in measured.commands:
            growth[operation] = (measured.commands_small, measured.commands[1])
    return growth


def to_versions(installed: Installed) -> list[str]:
    """Return what is measured, and with what, in lines; also what could not be installed."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    lines = [
        f"{platform.platform()}, {cores} cores, load {load} before",
        f"scheduler: Python {platform.python_version()}, {_own_versions(PYTHON_PACKAGES)}; "
        f"database: {_own_versions(('secantusdb',))}",
    ]
    if installed.python is not None:
        lines.append(f"strawberry, ariadne, static: {_peer_versions(installed.python)}")
    if installed.node is not None:
        lines.append(f"yoga, yoga-jit: Node {_node_version(installed.node)}, {_npm_versions()}")
    return [*lines, *installed.problems]


def _own_versions(names: Sequence[str]) -> str:
    return ", ".join(f"{name} {version(name)}" for name in names)


def _peer_versions(python: Path) -> str:
    code = (
        "import sys; from importlib.metadata import version; "
        "print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))"
    )
    return subprocess.check_output(
        (str(python), "-c", code, *PYTHON_PACKAGES[:2], *PEER_PACKAGES), text=True
    ).strip()


def _node_version(node: str) -> str:
    return subprocess.check_output((node, "--version"), text=True).strip()


def _npm_versions() -> str:
    lock = json.loads((NODE_PACKAGES / "package-lock.json").read_text())["packages"]
    return ", ".join(f"{name} {lock[f'node_modules/{name}']['version']}" for name in NODE_NAMES)
