"""Each report from rollups beside the same from the sessions, by number of sessions.

Every size is an organization of its own in one database, and each report is asked of all of them
in turn, so that whatever else the machine does strikes all alike. The sessions are copies of some
random histories. All are stored; their events up to `--events-up-to` sessions, since storing and
joining more takes many minutes: beyond that reports on events are not asked directly. Directly
means a command for each day; one for all days would keep the embedded database from answering
anybody else for so long that the driver gives it up. Its files are removed afterwards.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table

from app.documents.connection import connected_documents
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import Section
from app.domain.booking_session.context import DeviceType
from app.services.analytics.choices import load_lost_demand, load_vendor_outcome
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression
from app.services.analytics.sources import ReportSource, open_source
from app.services.analytics.steps import load_field_statistics, load_funnel, load_step_counts
from scripts.benchmarks.analytics_sessions import (
    Sessions,
    Worker,
    drop_other_indexes,
    play_templates,
    store,
)
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import Place, a_place

SIZES = [1_000, 10_000, 100_000]
QUICK_SIZES = [1_000, 10_000]
ROUNDS = 7
LATER = NOW + timedelta(days=3)

Report: TypeAlias = Callable[..., Awaitable[Any]]


def broken_down_by(dimension: BreakdownDimension) -> Report:
    return lambda scope, **how: load_breakdown(scope, dimension, zone=UTC, **how)


REPORTS: dict[str, Report] = {
    "step abandonment": load_step_counts,
    "funnel": load_funnel,
    "field statistics": load_field_statistics,
    "progression": load_progression,
    "overview": load_overview,
    "lost demand": load_lost_demand,
    "vendor outcome": load_vendor_outcome,
    **{f"breakdown by {each.value}": broken_down_by(each) for each in BreakdownDimension},
    "funnel on mobiles": lambda scope, **how: load_funnel(
        scope.model_copy(update={"device_type": DeviceType.MOBILE}), **how
    ),
}
READ_EVENTS = ("funnel", "field statistics", "funnel on mobiles")


@dataclass(frozen=True)
class Company:
    """An organization with so many sessions."""

    size: int
    scope: ReportScope
    has_events: bool


async def read_day_by_day(scope: ReportScope, /, *_: Section, **how: Any) -> ReportSource:
    """Return the sessions themselves, in parts of a day."""
    days = (scope.created_to - scope.created_from).days
    starts = [scope.created_from + timedelta(days=n) for n in range(days)]
    parts = tuple(scope.within(start, start + timedelta(days=1)) for start in starts)
    return ReportSource(scope=scope, now=how["now"], direct=parts)


async def found(
    console: Console, place: Place, sessions: Sessions, *, with_events: bool
) -> Company:
    """Store sessions and rollups of a company."""
    begin = time.perf_counter()
    await store(sessions, with_events=with_events)
    stored_at = time.perf_counter()
    await Worker(sessions).count(place.organization_id, now=LATER)
    console.print(
        f"{sessions.count:,} sessions: stored in {stored_at - begin:,.0f} s, "
        f"rollups counted in {time.perf_counter() - stored_at:,.0f} s"
    )
    scope = ReportScope(
        organization_id=place.organization_id,
        created_from=NOW - timedelta(days=sessions.days),
        created_to=NOW,
    )
    return Company(sessions.count, scope, with_events)


async def time_ms(report: Report, company: Company, **how: Any) -> float:
    begin = time.perf_counter()
    await report(company.scope, now=LATER, **how)
    return (time.perf_counter() - begin) * 1000


async def measure_rollups(companies: Sequence[Company]) -> Mapping[tuple[str, int], float]:
    """Return the median milliseconds of each report by its name and size."""
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for name, report in REPORTS.items():
            for company in companies:
                taken = await time_ms(report, company, open_with=open_source)
                times.setdefault((name, company.size), []).append(taken)
    return {key: statistics.median(each) for key, each in times.items()}


async def measure_directly(companies: Sequence[Company]) -> Mapping[tuple[str, int], float]:
    """Return the milliseconds of each report that can be asked directly, asked once."""
    return {
        (name, company.size): await time_ms(report, company, open_with=read_day_by_day)
        for company in companies
        for name, report in REPORTS.items()
        if company.has_events or name not in READ_EVENTS
    }


def print_table(
    console: Console,
    sizes: Sequence[int],
    rollups: Mapping[tuple[str, int], float],
    directly: Mapping[tuple[str, int], float],
) -> None:
    table = Table(title="milliseconds from rollups | directly, by number of sessions")
    table.add_column("report")
    for size in sizes:
        table.add_column(f"{size:,}", justify="right")
    table.add_column("growth", justify="right")
    for name in REPORTS:
        cells = [
            f"{rollups[name, size]:,.0f} | "
            + (f"{directly[name, size]:,.0f}" if (name, size) in directly else "-")
            for size in sizes
        ]
        growth = rollups[name, sizes[-1]] / rollups[name, sizes[0]]
        table.add_row(name, *cells, f"{growth:.1f} times")
    console.print(table)


async def run(data_dir: Path, sizes: Sequence[int], *, days: int, events_up_to: int) -> None:
    console = Console()
    async with connected_documents(None, data_dir=data_dir, database_name="analytics"):
        await drop_other_indexes()
        planned = []
        for size in sizes:
            place = await a_place()
            templates = await play_templates(place, random.Random(1))
            planned.append((place, Sessions(templates, size, days)))
        companies = [
            await found(console, place, sessions, with_events=sessions.count <= events_up_to)
            for place, sessions in planned
        ]
        rollups = await measure_rollups(companies)
        print_table(console, sizes, rollups, await measure_directly(companies))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="not with 100,000 sessions")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of sessions, the least first")
    parser.add_argument("--days", type=int, default=90, help="that the sessions are spread over")
    parser.add_argument("--events-up-to", type=int, default=10_000, metavar="SESSIONS")
    # Run together with others, the command line is theirs.
    options, _ = parser.parse_known_args()
    sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    with tempfile.TemporaryDirectory(prefix="scheduler-analytics-") as name:
        asyncio.run(run(Path(name), sizes, days=options.days, events_up_to=options.events_up_to))


if __name__ == "__main__":
    main()
