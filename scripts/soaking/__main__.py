"""The command: `scripts/soak`."""

import argparse
import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from scripts.soaking.ledger import Ledger
from scripts.soaking.options import FaultKind, Options
from scripts.soaking.running import Reporter, soak
from scripts.soaking.verdicts import Verdict

MAX_MINUTES = 120.0
SHOWN = ("visits", "events", "bookings", "repeats recognised", "UNAVAILABLE", "unanswered", "edits")


def main(arguments: Sequence[str]) -> int:
    """Run, show the verdicts and return the exit code."""
    given = _parse(arguments)
    folder = Path(given.folder or tempfile.mkdtemp(prefix="scheduler-soak-")).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    options = Options(
        folder=folder,
        seconds=given.minutes * 60,
        seed=given.seed,
        customers=given.customers,
        kinds=tuple(given.faults),
    )
    console = Console(stderr=True)
    console.print(
        f"Soak: {given.minutes:g} minutes, seed {given.seed}, in {folder}", highlight=False
    )
    try:
        verdicts = asyncio.run(_soak(options, console))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print(f"Stopped, with everything that was started; what there is, is in {folder}")
        return 130
    return _report(verdicts, console, folder, is_kept=bool(given.folder))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=_minutes, default=5.0, help="of load; default 5")
    parser.add_argument("--seed", type=int, default=1, help="of faults and customers")
    parser.add_argument("--customers", type=int, default=24, help="at the same time; default 24")
    parser.add_argument(
        "--faults",
        type=FaultKind,
        nargs="+",
        default=list(FaultKind),
        choices=list(FaultKind),
        help="which may strike; default all",
    )
    parser.add_argument("--folder", help="for logs, data and ledger; kept afterwards")
    return parser.parse_args(arguments)


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 < minutes <= MAX_MINUTES:
        raise ValueError
    return minutes


async def _soak(options: Options, console: Console) -> list[Verdict]:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Once: while everything is being stopped a second one changes nothing.
        loop.add_signal_handler(number, _cancel_once(task))
    with _shown_progress(options, console) as reporter:
        return await soak(options, reporter)


def _cancel_once(task: asyncio.Task[Any] | None) -> Callable[[], None]:
    is_cancelled = False

    def cancel() -> None:
        nonlocal is_cancelled
        if task is not None and not is_cancelled:
            is_cancelled = True
            task.cancel()

    return cancel


@contextlib.contextmanager
def _shown_progress(options: Options, console: Console) -> Iterator[Reporter]:
    columns = (
        SpinnerColumn(),
        TimeElapsedColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=options.seconds)

        def show(elapsed: float, ledger: Ledger) -> None:
            text = "  ".join(f"{ledger.counts[name]} {name}" for name in SHOWN)
            progress.update(task, completed=elapsed, description=text)

        def say(text: str) -> None:
            elapsed = progress.tasks[task].elapsed or 0.0
            console.print(f"{elapsed:6.1f} s  {text}", highlight=False)

        yield Reporter(stage=say, strike=say, progress=show)


def _report(verdicts: list[Verdict], console: Console, folder: Path, *, is_kept: bool) -> int:
    table = Table("", "promise", "looked at")
    for verdict in verdicts:
        mark = "[green]kept" if verdict.is_kept else "[red]BROKEN"
        table.add_row(mark, verdict.promise, verdict.looked_at)
    console.print(table)
    broken = [verdict for verdict in verdicts if not verdict.is_kept]
    for verdict in broken:
        console.print(f"[red]BROKEN: {verdict.promise}")
        for line in verdict.evidence:
            console.print(f"  {line}", markup=False, highlight=False)
    if broken or is_kept:
        console.print(f"Logs, data and ledger: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
