"""Says where operations spend the server's processor time; by function, and by layer.

What the database takes, a process of its own, is not in it; nor are the socket and the parsing of
HTTP.
"""

import argparse
import asyncio
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from app.documents.embedded_server import embedded_database
from scripts.generated_parts import ROOT, replace_part
from scripts.profiling.places import Shares, by_layer
from scripts.profiling.requests import OPERATIONS, Ask, Operation, Server, a_server

PAGE = ROOT / "docs" / "performance.md"
PART = "profiles"
WARM_UPS = 20
SECONDS_IN_A_ROW = 0.15
LAYERS_SHOWN = 8
FUNCTIONS_SHOWN = 6


class Profile(NamedTuple):
    """What one operation takes: processor time in ms for one, and shares of the event loop's."""

    operation: str
    milliseconds: float
    of_it_threads: float
    """The part that the database driver's threads have of it."""
    layers: list[tuple[str, float]]
    functions: list[tuple[str, float]]


async def profile(operation: Operation, server: Server, seconds: float) -> Profile:
    """Repeat the operation until it was under way for so long, some times in a row.

    Every other time with the profiler, whose work is not in the times told.
    """
    in_a_row = await _warm_up(operation, server)
    shares, times, thread_times = Shares(), [0.0], [0.0]
    while sum(times) < seconds:
        asks = [await operation.prepare(server) for _ in range(in_a_row)]
        with shares.adding():
            await _ask_all(asks)
        asks = [await operation.prepare(server) for _ in range(in_a_row)]
        began, thread_began = time.process_time(), time.thread_time()
        await _ask_all(asks)
        times.append(time.process_time() - began)
        thread_times.append(time.thread_time() - thread_began)
    found = shares.by_place()
    return Profile(
        operation=operation.name,
        milliseconds=statistics.median(times[1:]) / in_a_row * 1_000,
        of_it_threads=1 - sum(thread_times) / sum(times),
        layers=by_layer(found).most_common(LAYERS_SHOWN),
        functions=[
            (f"{place.layer} {place.function}", share)
            for place, share in found.most_common(FUNCTIONS_SHOWN)
        ],
    )


async def _warm_up(operation: Operation, server: Server) -> int:
    """Return how often the operation is to be repeated without a look at the clock."""
    times = []
    for _ in range(WARM_UPS):
        ask = await operation.prepare(server)
        began = time.process_time()
        await ask()
        times.append(time.process_time() - began)
    return max(1, round(SECONDS_IN_A_ROW / statistics.median(times)))


async def _ask_all(asks: list[Ask]) -> None:
    for ask in asks:
        await ask()


async def run(chosen: list[Operation], seconds: float) -> list[Profile]:
    profiles = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with embedded_database(data_dir=folder) as uri, a_server(uri, folder) as server:
            for operation in chosen:
                profiles.append(await profile(operation, server, seconds))
                show(profiles[-1])
    return profiles


def show(found: Profile) -> None:
    table = Table("layer", "share", "function, with what it calls in compiled code", "share")
    for number in range(max(len(found.layers), len(found.functions))):
        left, right = (
            (part[number][0], f"{part[number][1]:.0%}") if number < len(part) else ("", "")
            for part in (found.layers, found.functions)
        )
        table.add_row(*left, *right)
    console = Console(width=110)
    console.print(
        f"[bold]{found.operation}[/bold]: {found.milliseconds:.2f} ms of processor time, "
        f"{found.of_it_threads:.0%} of it in the driver's threads; shares of the rest:"
    )
    console.print(table)


def to_markdown(profiles: list[Profile], *, on: str) -> str:
    """Return the profiles as a table for the documentation."""
    rows = [
        f"| {each.operation} | {each.milliseconds:.2f} | {each.of_it_threads:.0%} "
        f"| {_list(each.layers, 5)} | {_list(each.functions, 3)} |"
        for each in profiles
    ]
    head = "| operation | ms | threads | layers | functions |\n| --- | --- | --- | --- | --- |"
    return "\n".join((f"Measured {on}.", "", head, *rows))


def _list(parts: list[tuple[str, float]], length: int) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in parts[:length])


def main() -> None:
    names = [operation.name for operation in OPERATIONS]
    parser = argparse.ArgumentParser(prog="scripts/profile", description=__doc__)
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help=", ".join(names))
    parser.add_argument("--seconds", type=float, default=3.0, help="of processor time for each")
    parser.add_argument("--write", action="store_true", help="put all into docs/performance.md")
    options = parser.parse_args()
    if unknown := set(options.operations) - set(names):
        parser.error(f"no such operation: {', '.join(sorted(unknown))}")
    chosen = [each for each in OPERATIONS if each.name in (options.operations or names)]
    profiles = asyncio.run(run(chosen, options.seconds))
    if options.write:
        content = to_markdown(profiles, on=f"{datetime.now(UTC):%Y-%m-%d}")
        PAGE.write_text(replace_part(PAGE.read_text(), name=PART, content=content))


if __name__ == "__main__":
    main()
