"""The report in the terminal."""

from collections.abc import Iterable, Sequence

from rich.bar import Bar
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from app.cli.analytics_report.numbers import Breakdown, FlowFunnel, Report
from app.cli.analytics_report.words import Row, count, duration, label, percent

SHOWN_KEYS = 12
WIDE = 110
"""Columns of a terminal that has room for tables of many numbers beside bars."""

ENTERED = "blue"
COMPLETED = "green"
DROPPED = "red"


def print_report(report: Report, console: Console) -> None:
    """Print the totals, the days, a funnel for each flow, and the breakdowns."""
    console.print(_title(report))
    console.print(_totals(report))
    if not report.days:
        console.print("No sessions began in this time.")
        return
    is_wide = console.width >= WIDE
    console.print(_days(report, is_wide=is_wide))
    for funnel in report.funnels:
        console.print(_funnel(funnel))
        console.print(_steps(funnel, is_wide=is_wide))
    for breakdown in report.breakdowns:
        if any(row["key"] is not None for row in breakdown.rows):
            console.print(_breakdown(breakdown, is_wide=is_wide))
    if report.lost_demand:
        console.print(_lost_demand(report))
    console.print(_progression(report))


def _title(report: Report) -> Text:
    first = report.created_from.astimezone(report.zone)
    end = report.created_to.astimezone(report.zone)
    return Text.assemble(
        (f"Bookings of {report.organization}\n", "bold"),
        f"Sessions begun from {first:%Y-%m-%d %H:%M} until {end:%Y-%m-%d %H:%M} "
        f"({report.zone.key}), as of {report.as_of.astimezone(report.zone):%Y-%m-%d %H:%M}",
    )


def _totals(report: Report) -> Table:
    names = ["", "Started", "Booked", "Given up", "Going on", "Conversion", "Came back"]
    table = _table("", names)
    for name, numbers in (("This time", report.overview), ("Before", report.previous)):
        columns = ("startedCount", "completedCount", "abandonedCount", "activeCount")
        table.add_row(
            name,
            *(count(numbers[column]) for column in columns),
            percent(numbers["conversionRate"]),
            count(numbers["recoveredCount"]),
        )
    return table


def _days(report: Report, *, is_wide: bool) -> Table:
    rows = ((row["key"], row) for row in report.days)
    return _outcomes("Day by day", "Day", rows, is_wide=is_wide)


def _funnel(funnel: FlowFunnel) -> Table:
    widest = max(step["enteredCount"] for step in funnel.steps)
    table = _table(
        f"The way through “{funnel.name}”", ["Step", "", "Entered", "Given up", "Rate"], plot=1
    )
    for step, abandonment in zip(funnel.steps, funnel.abandonment, strict=True):
        half = step["enteredCount"] / 2
        table.add_row(
            Text(step["stepName"]),
            Bar(widest, widest / 2 - half, widest / 2 + half, color=ENTERED),
            count(step["enteredCount"]),
            Text(count(step["droppedCount"]), style=DROPPED if step["droppedCount"] else ""),
            percent(abandonment["abandonmentRate"]),
        )
    return table


def _steps(funnel: FlowFunnel, *, is_wide: bool) -> Table:
    columns = {"Entered": "enteredCount", "Completed": "completedCount", "Given up": "droppedCount"}
    if is_wide:
        columns |= {"Now here": "activeCount", "Timed": "timedCount"}
    names = ["Step", *columns, "Median", "90% within"]
    table = _table(f"Steps of “{funnel.name}”", names)
    for step in funnel.steps:
        table.add_row(
            Text(step["stepName"]),
            *(count(step[column]) for column in columns.values()),
            duration(step["medianTimeMs"]),
            duration(step["p90TimeMs"]),
        )
    return table


def _breakdown(breakdown: Breakdown, *, is_wide: bool) -> Table:
    rows = (
        (breakdown.name_of(row["key"]) or "(empty)", row) for row in breakdown.rows[:SHOWN_KEYS]
    )
    table = _outcomes(f"By {breakdown.title.lower()}", breakdown.title, rows, is_wide=is_wide)
    hidden = len(breakdown.rows) - SHOWN_KEYS
    if hidden > 0:
        table.caption = f"and {count(hidden)} more, which `--json` and `--html` show"
    return table


def _lost_demand(report: Report) -> Table:
    most = report.lost_demand[0]["sessionCount"]
    table = _table("Zip codes asked for and not covered", ["Zip code", "", "Sessions"], plot=1)
    for row in report.lost_demand[:SHOWN_KEYS]:
        plot = Bar(max(most, 1), 0, row["sessionCount"], color=DROPPED)
        table.add_row(Text(row["zipcode"]), plot, count(row["sessionCount"]))
    return table


def _progression(report: Report) -> Table:
    most = max(row["count"] for row in report.progression)
    table = _table("How far they came", ["Sessions", "", "Count"], plot=1)
    for row in report.progression:
        words = f"{label(row['status'])}, {row['stepsCompleted']} of {row['totalSteps']} steps"
        table.add_row(words, Bar(most, 0, row["count"], color=ENTERED), count(row["count"]))
    return table


def _outcomes(title: str, name: str, rows: Iterable[tuple[str, Row]], *, is_wide: bool) -> Table:
    named = list(rows)
    most = max((row["startedCount"] for _, row in named), default=0)
    bars = [""] if is_wide else []
    names = [name, *bars, "Started", "Booked", "Given up", "Going on", "Conversion"]
    table = _table(title, names, plot=1 if is_wide else None)
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
        )
        table.add_row(*cells)
    return table


def _table(title: str, names: Sequence[str], *, texts: int = 1, plot: int | None = None) -> Table:
    """Return a table of so many columns of text, one of bars, and otherwise numbers."""
    table = Table(title=Text(title, "bold") if title else None, title_justify="left", expand=False)
    for position, name in enumerate(names):
        if position == plot:
            table.add_column(name, width=24)
        else:
            table.add_column(
                name,
                justify="left" if position < texts else "right",
                overflow="fold",
                no_wrap=position >= texts,
            )
    return table
