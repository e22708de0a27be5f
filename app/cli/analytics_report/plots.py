"""The plots of the page: bars are boxes as wide as their part, the days are an inline SVG.

Both fill the width there is, while their words stay as large as the rest of the page.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from xml.etree.ElementTree import Element

from app.cli.analytics_report.markup import element
from app.cli.analytics_report.words import Row, count, day, duration, label, percent

WIDTH, HEIGHT = 1_000, 220
MAX_DATES = 7
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


def plot_days(rows: Sequence[Row]) -> Element:
    """Return the sessions started and completed on each day; days without any are 0."""
    by_day = {date.fromisoformat(row["key"]): row for row in rows}
    first, last = min(by_day), max(by_day)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    started = [by_day[d]["startedCount"] if d in by_day else 0 for d in days]
    completed = [by_day[d]["completedCount"] if d in by_day else 0 for d in days]
    top = _round_up(max(started))
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
        *_line("started", started, top),
        *_line("completed", completed, top),
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
    return f"−{count(step['droppedCount'])} ({percent(rate)})"  # noqa: RUF001 - a minus sign.


def _edges(number: int, widest: int) -> tuple[float, float]:
    half = 50 * number / widest
    return round(50 - half, 2), round(50 + half, 2)


def _width(number: int, whole: int) -> str:
    return f"{100 * number / whole if whole else 0:.2f}%"


def _grid_line(tick: int) -> Element:
    y = f"{HEIGHT * tick / TICKS:g}"
    return element("line", {"class": "grid", "x1": "0", "x2": str(WIDTH), "y1": y, "y2": y})


def _line(name: str, numbers: Sequence[int], top: int) -> list[Element]:
    # A single day is a line of its own, from side to side.
    values = numbers if len(numbers) > 1 else [*numbers, *numbers]
    points = " ".join(
        f"{WIDTH * n / (len(values) - 1):.1f},{HEIGHT * (1 - value / top):.1f}"
        for n, value in enumerate(values)
    )
    return [
        element(
            "polygon", {"class": f"area-{name}", "points": f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}"}
        ),
        element("polyline", {"class": f"line line-{name}", "points": points}),
    ]


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
