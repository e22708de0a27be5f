"""What operations cost as the data grows: organizations, flows of one, sessions of one.

Everything lies in an embedded database on disk, filled by copying what the services once stored,
with ids of its own. The operations are answered in process, without HTTP. Told is the processor
time of one, that of the database included, which other work on the machine lengthens less than it
does the time on the clock; and how many database commands one sends and documents they return.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from app.documents.driver import CommandCounter, CommandSucceededEvent, disconnect
from app.documents.embedded_process import DatabaseFiles, read_runtime
from app.documents.embedded_server import embedded_database
from app.documents.registry import connect_documents
from scripts.benchmarks.growth_data import Growing, a_growing_database
from scripts.benchmarks.growth_operations import OPERATIONS, Operation

RUNS = 9
SIZES = {
    "organizations": (1, 10, 100, 1_000),
    "flows": (10, 100, 1_000),
    "sessions": (1_000, 10_000, 50_000, 200_000),
}


class Reads(CommandCounter):
    """Counts commands, and the documents they return."""

    def __init__(self) -> None:
        super().__init__()
        self.document_count = 0

    def succeeded(self, event: CommandSucceededEvent) -> None:
        cursor = event.reply.get("cursor")
        if cursor is not None:
            batch = cursor.get("firstBatch", cursor.get("nextBatch", ()))
            self.document_count += len(batch)


class Cost(NamedTuple):
    """What one operation cost at one size."""

    commands: int
    documents: int
    milliseconds: float
    """Of the processors."""


@dataclass(frozen=True)
class Curve:
    """The costs of the operations at each size of what grows."""

    dimension: str
    costs: dict[str, dict[int, Cost]]


async def measure(
    operation: Operation, growing: Growing, reads: Reads, database: "Processor"
) -> Cost:
    times = []
    for _ in range(RUNS):
        ask = await operation.prepare(growing)
        began, database_began = time.process_time(), database.seconds()
        await ask()
        times.append(time.process_time() - began + database.seconds() - database_began)
    commands, documents = await count(await operation.prepare(growing), reads)
    return Cost(commands, documents, statistics.median(times) * 1_000)


class Processor(NamedTuple):
    """What a process has had of the processors."""

    pid: int

    def seconds(self) -> float:
        """Return the time of all its threads."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


async def count(ask: Callable[[], Awaitable[object]], reads: Reads) -> tuple[int, int]:
    """Return the commands of one operation, and the documents they returned."""
    reads.document_count = 0
    with reads.counting() as commands:
        await ask()
    return len(commands), reads.document_count


async def curve(
    dimension: str, sizes: Sequence[int], uri: str, reads: Reads, *, database: Processor
) -> None:
    """Tell what each operation costs at each size so far, in a database of its own."""
    await connect_documents(uri, database_name=f"growth_{dimension}", listeners=[reads])
    growing = await a_growing_database()
    costs: dict[str, dict[int, Cost]] = {operation.name: {} for operation in OPERATIONS}
    for size in sizes:
        began = time.perf_counter()
        await growing.grow(dimension, size)
        print(f"{dimension}: {size:,}, filled in {time.perf_counter() - began:.0f} s", flush=True)
        for operation in OPERATIONS:
            costs[operation.name][size] = await measure(operation, growing, reads, database)
        show(Curve(dimension, costs))
    await disconnect()


def show(found: Curve) -> None:
    sizes = list(next(iter(found.costs.values())))
    table = Table(
        "operation",
        *(f"{size:,}" for size in sizes),
        "ratio",
        "commands",
        "documents",
        title=f"CPU ms by number of {found.dimension}",
    )
    for name, costs in found.costs.items():
        first, last = costs[sizes[0]], costs[sizes[-1]]
        table.add_row(
            name,
            *(f"{costs[size].milliseconds:.1f}" for size in sizes),
            f"{last.milliseconds / first.milliseconds:.2f}",
            _from_to(cost.commands for cost in costs.values()),
            _from_to(cost.documents for cost in costs.values()),
        )
    Console(width=110).print(table)


def _from_to(numbers: Iterable[int]) -> str:
    least, *_, most = sorted([*numbers] * 2)
    return str(least) if least == most else f"{least} to {most}"


async def run(folder: Path, chosen: dict[str, tuple[int, ...]]) -> None:
    reads = Reads()
    async with embedded_database(data_dir=folder) as uri:
        running = read_runtime(DatabaseFiles(folder))
        assert running is not None  # noqa: S101
        database = Processor(running.pid)
        for dimension, sizes in chosen.items():
            # A busy machine may take long over some hundred documents.
            patient = f"{uri}&socketTimeoutMS=0"
            await curve(dimension, sizes, patient, reads, database=database)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SIZES, help="what is to grow, instead of all")
    parser.add_argument("--most", type=int, help="no size beyond this")
    # Run among other benchmarks, the arguments are their names.
    is_alone = Path(sys.argv[0]).stem == Path(__file__).stem
    options = parser.parse_args(sys.argv[1:] if is_alone else [])
    chosen = {
        dimension: tuple(size for size in sizes if size <= (options.most or size))
        for dimension, sizes in SIZES.items()
        if options.only in (None, dimension)
    }
    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), chosen))


if __name__ == "__main__":
    main()
