"""Each report from rollups beside the same from the sessions, by number of sessions in 90 days.

The sessions are copies of some random histories, moved in time, each with its events. With --quick
1,000 and 10,000 of them, otherwise also 100,000, where reports on events are not asked directly:
that takes many minutes. Directly means a command for each day; one command for all days would keep
the embedded database from answering anybody else for so long that the driver gives it up. The
database keeps its files in a folder of its own that is removed afterwards.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.connection import connected_documents
from app.documents.driver import new_id
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import Section
from app.services.analytics.choices import load_lost_demand
from app.services.analytics.rollups import rebuild_rollups
from app.services.analytics.sessions import load_breakdown, load_overview, load_progression
from app.services.analytics.sources import ReportSource, open_source
from app.services.analytics.steps import load_field_statistics, load_funnel, load_step_counts
from tests.domain.booking_session.builders import NOW
from tests.services.analytics.histories import play_history
from tests.services.booking_sessions.builders import Place, a_place

DAYS = 90
TEMPLATES = 30
SESSIONS_PER_INSERT = 50
RUNS = 3
LATER = NOW + timedelta(days=3)
TIMES = ("created_at", "updated_at", "timestamp", "occurred_at", "client_timestamp")

Record: TypeAlias = dict[str, Any]
Report: TypeAlias = Callable[..., Awaitable[Any]]
REPORTS: dict[str, Report] = {
    "step abandonment": load_step_counts,
    "progression": load_progression,
    "funnel": load_funnel,
    "breakdown by campaign": lambda scope, **how: load_breakdown(
        scope, BreakdownDimension.UTM_CAMPAIGN, zone=UTC, **how
    ),
    "breakdown by day": lambda scope, **how: load_breakdown(
        scope, BreakdownDimension.DAY, zone=UTC, **how
    ),
    "overview": load_overview,
    "field statistics": load_field_statistics,
    "lost demand": load_lost_demand,
}


READ_EVENTS = ("funnel", "field statistics")
MOST_READ_EVENTS = 10_000
"""With more sessions than this, the reports that read events are not asked directly."""


async def read_day_by_day(scope: ReportScope, /, *_: Section, now: datetime) -> ReportSource:
    """Return the sessions themselves, in parts of a day."""
    starts = [scope.created_from + timedelta(days=n) for n in range(DAYS)]
    parts = tuple(scope.within(start, start + timedelta(days=1)) for start in starts)
    return ReportSource(scope=scope, now=now, direct=parts)


async def read_templates(
    place: Place, randomly: random.Random
) -> list[tuple[Record, list[Record]]]:
    """Return random sessions as stored, with their events, and remove them."""
    templates = []
    for _ in range(TEMPLATES):
        customer = await play_history(randomly, [place], at=NOW)
        session = await BookingSession.find_raw(customer.session_id)
        events = [raw async for raw in BookingSessionEventDocument.stream_raw(customer.session_id)]
        templates.append((session or {}, events))
    await BookingSession.delete_all()
    await BookingSessionEventDocument.delete_all()
    return templates


def copy(template: tuple[Record, list[Record]], randomly: random.Random) -> list[list[Record]]:
    """Return the session and its events at another time, each a little slower or faster."""
    session, events = template
    moved = -timedelta(milliseconds=randomly.randrange(DAYS * 86_400_000))
    pace = randomly.uniform(0.5, 2)

    def move(raw: Record) -> Record:
        times = {name: raw[name] for name in TIMES if raw.get(name) is not None}
        return raw | {name: NOW + moved + (at - NOW) * pace for name, at in times.items()}

    session_id = new_id()
    copied = [move(event) | {"_id": new_id(), "booking_session_id": session_id} for event in events]
    return [[move(session) | {"_id": session_id}], copied]


async def insert(
    templates: list[tuple[Record, list[Record]]], count: int, randomly: random.Random
) -> None:
    for _ in range(0, count, SESSIONS_PER_INSERT):
        copies = [copy(randomly.choice(templates), randomly) for _ in range(SESSIONS_PER_INSERT)]
        sessions = [record for records, _ in copies for record in records]
        events = [record for _, records in copies for record in records]
        await BookingSession.get_motor_collection().insert_many(sessions, ordered=False)
        await BookingSessionEventDocument.get_motor_collection().insert_many(events, ordered=False)


async def measure_ms(report: Report, scope: ReportScope, *, runs: int, **how: Any) -> float:
    """Return the median time of a report in milliseconds."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        await report(scope, now=LATER, **how)
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


async def measure(console: Console, place: Place, count: int, built_seconds: float) -> None:
    scope = ReportScope(
        organization_id=place.organization_id,
        created_from=NOW - timedelta(days=DAYS),
        created_to=NOW,
    )
    table = Table("report", "rollups ms", "directly ms", title=f"{count:,} sessions in {DAYS} days")
    for name, report in REPORTS.items():
        from_rollups = await measure_ms(report, scope, runs=RUNS, open_with=open_source)
        directly = "-"
        if name not in READ_EVENTS or count <= MOST_READ_EVENTS:
            taken = await measure_ms(report, scope, runs=1, open_with=read_day_by_day)
            directly = f"{taken:,.0f}"
        table.add_row(name, f"{from_rollups:,.0f}", directly)
    console.print(table)
    console.print(f"rollups made anew in {built_seconds:,.0f} s")


async def run(data_dir: Path, counts: list[int]) -> None:
    console, randomly = Console(), random.Random(1)
    async with connected_documents(None, data_dir=data_dir, database_name="analytics"):
        place = await a_place()
        templates = await read_templates(place, randomly)
        present = 0
        for count in counts:
            await insert(templates, count - present, randomly)
            present = count
            begin = time.perf_counter()
            async for _ in rebuild_rollups(place.organization_id, now=LATER):
                pass
            await measure(console, place, count, time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="not with 100,000 sessions")
    # Run together with others, the command line is theirs.
    options, _ = parser.parse_known_args()
    counts = [1_000, 10_000] if options.quick else [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory(prefix="scheduler-analytics-") as name:
        asyncio.run(run(Path(name), counts))


if __name__ == "__main__":
    main()
