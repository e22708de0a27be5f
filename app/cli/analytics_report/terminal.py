"""The report in the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from rich.bar import Bar
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from app.cli.analytics_report.numbers import Breakdown, FlowReport, Report, rows_of
from app.cli.analytics_report.terminal_graph import choices_tree
from app.cli.analytics_report.terminal_tables import COMPLETED, DROPPED, ENTERED, a_table
from app.cli.analytics_report.words import (
    NOTHING,
    Row,
    change,
    count,
    duration,
    percent,
    points,
)

SHOWN_KEYS = 12
WIDE = 110
"""Columns of a terminal that has room for tables of many numbers beside bars."""


def print_report(report: Report, console: Console) -> None:
    """Print the totals, the days, each flow, and the breakdowns."""
    console.print(_title(report))
    console.print(_totals(report))
    if not report.has_sessions:
        console.print("No sessions began in this time.")
        return
    is_wide = console.width >= WIDE
    for part in _parts(report, is_wide=is_wide):
        console.print(part)


def _parts(report: Report, *, is_wide: bool) -> Iterator[RenderableType]:
    yield _days(report, is_wide=is_wide)
    for flow in report.flows:
        yield _funnel(flow)
        yield _steps(flow, is_wide=is_wide)
        if flow.choices is not None:
            yield choices_tree(flow.choices, flow.name)
        if rows_of(flow.fields):
            yield _fields(flow, is_wide=is_wide)
    for breakdown in report.breakdowns:
        if breakdown.tells_apart:
            yield _breakdown(breakdown, is_wide=is_wide)
    if rows_of(report.lost_demand.now):
        yield _lost_demand(report)
    yield _vendor(report)
    yield _progression(report)


def _title(report: Report) -> Text:
    title = Text.assemble(
        (f"Bookings of {report.organization}\n", "bold"),
        f"Sessions begun from {_between(report.created, report.zone)} ({report.zone.key})\n"
        f"beside those from {_between(report.compared_with, report.zone)}, "
        f"as of {report.as_of.astimezone(report.zone):%Y-%m-%d %H:%M}",
    )
    if report.conditions:
        title.append(f"\nOnly: {', '.join(report.conditions)}")
    return title


def _between(between: tuple[datetime, datetime], zone: tzinfo) -> str:
    first, end = (moment.astimezone(zone) for moment in between)
    return f"{first:%Y-%m-%d %H:%M} until {end:%Y-%m-%d %H:%M}"


def _totals(report: Report) -> Table:
    now, before = report.overview.now, report.overview.before
    table = a_table("", ["", "This time", "Before", "Change"])
    for name, column in (
        ("Started", "startedCount"),
        ("Booked", "completedCount"),
        ("Given up", "abandonedCount"),
        ("Going on", "activeCount"),
        ("Came back", "recoveredCount"),
        ("  and booked", "recoveredCompletedCount"),
        ("Bots", "botCount"),
    ):
        changed = change(now[column], before[column]).removeprefix(", ")
        table.add_row(name, count(now[column]), count(before[column]), changed)
    for name, column in (
        ("Booked of those started", "conversionRate"),
        ("Booked of those ended", "endedConversionRate"),
    ):
        changed = points(now[column], before[column]).removeprefix(", ")
        table.add_row(name, percent(now[column]), percent(before[column]), changed)
    return table


def _days(report: Report, *, is_wide: bool) -> Table:
    rows = ((row["key"], row) for row in rows_of(report.days.now))
    return _outcomes("Day by day", "Day", rows, is_wide=is_wide)


def _funnel(flow: FlowReport) -> Table:
    widest = max(step["enteredCount"] for step in flow.steps)
    names = ["Step", "", "Entered", "Given up", "Rate", "Before"]
    table = a_table(f"The way through “{flow.name}”", names, plot=1)
    for step, abandonment in zip(flow.steps, rows_of(flow.abandonment.now), strict=True):
        half = step["enteredCount"] / 2
        before = flow.abandonment_before(step["stepId"])
        table.add_row(
            Text(step["stepName"]),
            Bar(widest, widest / 2 - half, widest / 2 + half, color=ENTERED),
            count(step["enteredCount"]),
            Text(count(step["droppedCount"]), style=DROPPED if step["droppedCount"] else ""),
            percent(abandonment["abandonmentRate"]),
            percent(None if before is None else before["abandonmentRate"]),
        )
    return table


def _steps(flow: FlowReport, *, is_wide: bool) -> Table:
    columns = {"Entered": "enteredCount", "Completed": "completedCount", "Given up": "droppedCount"}
    if is_wide:
        columns |= {"Now here": "activeCount", "Timed": "timedCount"}
    names = ["Step", *columns, "Median", "90% within"]
    table = a_table(f"Steps of “{flow.name}”", names)
    for step in flow.steps:
        table.add_row(
            Text(step["stepName"]),
            *(count(step[column]) for column in columns.values()),
            duration(step["medianTimeMs"]),
            duration(step["p90TimeMs"]),
        )
    return table


def _fields(flow: FlowReport, *, is_wide: bool) -> Table:
    columns = {"Failed in": "failingSessionCount", "Errors": "errorCount", "Updates": "updateCount"}
    names = ["Field", "Step", *columns, "Rate", "Median", *(["90% within"] if is_wide else [])]
    table = a_table(f"Fields of “{flow.name}”", names, texts=2)
    for row in sorted(rows_of(flow.fields), key=lambda each: -each["failingSessionCount"]):
        table.add_row(
            Text(row["field"] or "(erased)"),
            Text(row["stepName"]),
            *(count(row[column]) for column in columns.values()),
            percent(row["errorRate"]),
            duration(row["medianTimeMs"]),
            *([duration(row["p90TimeMs"])] if is_wide else []),
        )
    return table


def _breakdown(breakdown: Breakdown, *, is_wide: bool) -> Table:
    rows = ((breakdown.name_of(row["key"]), row) for row in breakdown.rows[:SHOWN_KEYS])
    title = f"By {breakdown.title.lower()}"
    table = _outcomes(title, breakdown.title, rows, is_wide=is_wide, before=breakdown)
    hidden = len(breakdown.rows) - SHOWN_KEYS
    if hidden > 0:
        table.caption = f"and {count(hidden)} more, which `--json` and `--html` show"
    return table


def _lost_demand(report: Report) -> Table:
    now, before = report.lost_demand.now, report.lost_demand.before
    rows = rows_of(now)
    most = max(row["sessionCount"] for row in rows)
    table = a_table(
        "Zip codes asked for and not covered", ["Zip code", "", "Lost", "Going on"], plot=1
    )
    table.caption = (
        f"{count(now['lostCount'])} of {count(now['askedCount'])} that gave a zip code are lost: "
        f"{percent(now['lostRate'])}, before {percent(before['lostRate'])}"
    )
    for row in rows[:SHOWN_KEYS]:
        plot = Bar(max(most, 1), 0, row["sessionCount"], color=DROPPED)
        numbers = count(row["sessionCount"]), count(row["activeCount"])
        table.add_row(Text(row["zipcode"]), plot, *numbers)
    return table


def _vendor(report: Report) -> Table:
    now, before = report.vendor_outcome.now, report.vendor_outcome.before
    table = a_table("What became of the bookings", ["Bookings", "", "Now", "Before"], plot=1)
    for name, column, colour in (
        ("Booked", "bookedCount", ENTERED),
        ("At the vendor", "syncedCount", ENTERED),
        ("On the way there", "pendingCount", ENTERED),
        ("Could not be told", "failedCount", DROPPED),
        ("Known what became of", "knownCount", ENTERED),
        ("Became jobs", "jobCount", COMPLETED),
        ("Dismissed", "dismissedCount", DROPPED),
        ("Cancelled", "cancelledCount", DROPPED),
    ):
        plot = Bar(max(now["bookedCount"], 1), 0, now[column], color=colour)
        table.add_row(name, plot, count(now[column]), count(before[column]))
    table.add_row("Jobs of those known", "", percent(now["jobRate"]), percent(before["jobRate"]))
    return table


def _progression(report: Report) -> Table:
    rows = rows_of(report.progression)
    most = max(row["count"] for row in rows)
    table = a_table("How far they came", ["Sessions", "", "Count"], plot=1)
    for row in rows:
        # Status and numbers are ours; nothing in them is markup.
        words = (
            f"{row['status'].capitalize()}, {row['stepsCompleted']} of {row['totalSteps']} steps"
        )
        table.add_row(words, Bar(most, 0, row["count"], color=ENTERED), count(row["count"]))
    return table


def _outcomes(
    title: str,
    name: str,
    rows: Iterable[tuple[str, Row]],
    *,
    is_wide: bool,
    before: Breakdown | None = None,
) -> Table:
    named = list(rows)
    most = max((row["startedCount"] for _, row in named), default=0)
    bars = [""] if is_wide else []
    names = [name, *bars, "Started", "Booked", "Given up", "Going on", "Conversion"]
    compares = is_wide and before is not None
    table = a_table(title, [*names, *(["Before"] if compares else [])], plot=1 if is_wide else None)
    for words, row in named:
        plot = Bar(most, 0, row["startedCount"], color=ENTERED)
        cells: Sequence[RenderableType] = (
            Text(words),
            *([plot] if is_wide else []),
            count(row["startedCount"]),
            count(row["completedCount"]),
            count(row["abandonedCount"]),
            count(row["activeCount"]),
            percent(row["conversionRate"]),
            *([_rate_before(before, row)] if compares and before is not None else []),
        )
        table.add_row(*cells)
    return table


def _rate_before(breakdown: Breakdown, row: Row) -> str:
    before = breakdown.row_before(row["key"])
    return NOTHING if before is None else percent(before["conversionRate"])
