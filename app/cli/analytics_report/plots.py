"""The plots of the page: bars are boxes as wide as their part, the days are an inline SVG.

Both fill the width there is, while their words stay as large as the rest of the page.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from xml.etree.ElementTree import Element

from app.cli.analytics_report.markup import element
from app.cli.analytics_report.numbers import Report, rows_of
from app.cli.analytics_report.words import MINUS, Row, count, day, duration, label, percent

WIDTH, HEIGHT = 1_000, 220
MAX_DATES = 7
MAX_DAYS = 750
"""Of a longer range the plot shows the last days."""
TICKS = 4


def legend(*entries: tuple[str, str]) -> Element:
    """Return what the colours mean: pairs of a class and its words."""
    return element("ul", {"class": "legend"}, *(element("li", {"class": c}, w) for c, w in entries))


def bar(*parts: tuple[str, int], whole: int) -> Element:
    """Return parts of a whole over each other, each a class and a number; for the eye alone."""
    boxes = (
        element("i", {"class": name, "style": f"width:{_width(number, whole)}"})
        for name, number in parts
        if number
    )
    return element("span", {"class": "track", "aria-hidden": "true"}, *boxes)


def plot_days(report: Report) -> Element:
    """Return the sessions started and completed on each day, and started in the time before."""
    days, before = _days(report)
    by_day = {row["key"]: row for row in (*rows_of(report.days.now), *rows_of(report.days.before))}
    started = [_count_on(by_day, each, "startedCount") for each in days]
    completed = [_count_on(by_day, each, "completedCount") for each in days]
    earlier = [_count_on(by_day, each, "startedCount") for each in before[: len(days)]]
    top = _round_up(max(started + earlier))
    picture = element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "preserveAspectRatio": "none",
            "role": "img",
            "aria-labelledby": "days-title days-description",
        },
        element("title", {"id": "days-title"}, "Sessions per day"),
        element("desc", {"id": "days-description"}, _describe_days(days, started, completed)),
        *(_grid_line(n) for n in range(TICKS + 1)),
        _area("started", started, top),
        _line("before", earlier, top, days=len(days)),
        _line("started", started, top, days=len(days)),
        _area("completed", completed, top),
        _line("completed", completed, top, days=len(days)),
    )
    scale = (element("span", {}, count(top * n // TICKS)) for n in range(TICKS, -1, -1))
    return element(
        "div",
        {"class": "days"},
        element("div", {"class": "scale", "aria-hidden": "true"}, *scale),
        picture,
        element(
            "div",
            {"class": "dates", "aria-hidden": "true"},
            *(element("span", {}, f"{d.day} {d:%b}") for d in _spread(days)),
        ),
    )


def _days(report: Report) -> tuple[list[date], list[date]]:
    """Return the days of both ranges until the report was made.

    Of a range longer than `MAX_DAYS`, those with sessions and between them, and none to compare.
    """
    today = report.as_of.astimezone(report.zone).date()
    days = _days_in(report.created, report.zone, until=today)
    if len(days) <= MAX_DAYS:
        return days, _days_in(report.compared_with, report.zone, until=today)
    keys = [date.fromisoformat(row["key"]) for row in rows_of(report.days.now)]
    return _each_day(max(keys[0], keys[-1] - timedelta(days=MAX_DAYS - 1)), keys[-1]), []


def _days_in(between: tuple[datetime, datetime], zone: tzinfo, *, until: date) -> list[date]:
    first, end = (moment.astimezone(zone) for moment in between)
    last = max(first, end - timedelta(milliseconds=1)).date()
    return _each_day(first.date(), max(first.date(), min(last, until)))


def _each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _count_on(by_day: Mapping[str, Row], day: date, column: str) -> int:
    row = by_day.get(day.isoformat())
    number: int = 0 if row is None else row[column]
    return number


def plot_funnel(steps: Sequence[Row]) -> Element:
    """Return the steps as bars as wide as their part of the fullest, and who was lost between."""
    widest = max(step["enteredCount"] for step in steps)
    items = [_funnel_step(steps[0], widest)]
    for upper, lower in pairwise(steps):
        items += [_funnel_gap(upper, lower, widest), _funnel_step(lower, widest)]
    return element("ol", {"class": "funnel"}, *items)


def _funnel_step(step: Row, widest: int) -> Element:
    entered, completed = step["enteredCount"], step["completedCount"]
    return element(
        "li",
        {"class": "step"},
        element(
            "div",
            {"class": "name"},
            step["stepName"],
            element("small", {}, label(step["stepType"])),
        ),
        element(
            "div",
            {"class": "bar", "aria-hidden": "true"},
            element("span", {"class": "entered", "style": f"width:{_width(entered, widest)}"}),
            element("span", {"class": "completed", "style": f"width:{_width(completed, widest)}"}),
        ),
        element(
            "div",
            {"class": "number"},
            f"{count(entered)} entered",
            element("small", {}, f"{count(completed)} completed"),
            element("small", {}, f"median {duration(step['medianTimeMs'])}"),
        ),
    )


def _funnel_gap(upper: Row, lower: Row, widest: int) -> Element:
    left, right = _edges(upper["enteredCount"], widest)
    lower_left, lower_right = _edges(lower["enteredCount"], widest)
    points = f"{left:g},0 {right:g},0 {lower_right:g},10 {lower_left:g},10"
    return element(
        "li",
        {"class": "between"},
        element(
            "svg",
            {"viewBox": "0 0 100 10", "preserveAspectRatio": "none", "aria-hidden": "true"},
            element("polygon", {"points": points}),
        ),
        element("span", {"class": "lost"}, _lost(upper)),
    )


def _lost(step: Row) -> str:
    rate = step["droppedCount"] / step["enteredCount"] if step["enteredCount"] else None
    return f"{MINUS}{count(step['droppedCount'])} ({percent(rate)})"


def _edges(number: int, widest: int) -> tuple[float, float]:
    half = 50 * number / widest
    return round(50 - half, 2), round(50 + half, 2)


def _width(number: int, whole: int) -> str:
    return f"{100 * number / whole if whole else 0:.2f}%"


def _grid_line(tick: int) -> Element:
    y = f"{HEIGHT * tick / TICKS:g}"
    return element("line", {"class": "grid", "x1": "0", "x2": str(WIDTH), "y1": y, "y2": y})


def _points(numbers: Sequence[int], top: int, *, days: int) -> str:
    # A single day is a line of its own, from side to side.
    values, last = (numbers, days - 1) if days > 1 else ([*numbers, *numbers], 1)
    return " ".join(
        f"{WIDTH * n / last:.1f},{HEIGHT * (1 - value / top):.1f}" for n, value in enumerate(values)
    )


def _area(name: str, numbers: Sequence[int], top: int) -> Element:
    points = f"0,{HEIGHT} {_points(numbers, top, days=len(numbers))} {WIDTH},{HEIGHT}"
    return element("polygon", {"class": f"area-{name}", "points": points})


def _line(name: str, numbers: Sequence[int], top: int, *, days: int) -> Element:
    points = _points(numbers, top, days=days)
    return element("polyline", {"class": f"line line-{name}", "points": points})


def _describe_days(days: Sequence[date], started: Sequence[int], completed: Sequence[int]) -> str:
    busiest = started.index(max(started))
    return (
        f"From {day(days[0])} to {day(days[-1])}: {count(sum(started))} sessions started and "
        f"{count(sum(completed))} completed. Most started on {day(days[busiest])}, "
        f"{count(started[busiest])}."
    )


def _spread(days: Sequence[date]) -> list[date]:
    """Return the first day, the last and some between, at equal distances."""
    dates = min(MAX_DATES, len(days))
    if dates == 1:
        return [days[0]]
    return [days[round(n * (len(days) - 1) / (dates - 1))] for n in range(dates)]


def _round_up(number: int) -> int:
    """Return the next number that parts well into `TICKS`."""
    step = TICKS
    while step * 10 < number:
        step *= 10
    return next(n * step for n in range(1, 11) if n * step >= number) if number else TICKS
