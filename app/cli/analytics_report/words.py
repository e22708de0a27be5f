"""Numbers and names as people read them, in the terminal and on the page."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
"""A row of a report under the names that the API's clients know."""

NOTHING = "–"  # noqa: RUF001 - a dash.
MINUS = "−"  # noqa: RUF001 - a minus sign.
SECOND_MS = 1_000
MINUTE_S = 60
HOUR_S = 3_600


def count(number: int) -> str:
    """Return the number with its thousands apart."""
    return f"{number:,}"


def percent(rate: float | None) -> str:
    """Return a rate of 0 to 1 in per cent, a dash where there is none."""
    return NOTHING if rate is None else f"{rate * 100:.1f}%"


def change(now: int, before: int) -> str:
    """Return by how much of what was before there is more, as `, +12.0%`; nothing beside 0."""
    return f", {_signed(now / before * 100 - 100)}%" if before else ""


def points(now: float | None, before: float | None) -> str:
    """Return by how many hundredths a rate has risen, as `, +1.5 points`; nothing beside none."""
    if now is None or before is None:
        return ""
    return f", {_signed((now - before) * 100)} points"


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", MINUS)


def duration(milliseconds: float | None) -> str:
    """Return a duration in its two greatest units."""
    if milliseconds is None:
        return NOTHING
    seconds = milliseconds / SECOND_MS
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    seconds = round(seconds)
    if seconds < HOUR_S:
        return f"{seconds // MINUTE_S} min {seconds % MINUTE_S} s"
    return f"{seconds // HOUR_S} h {seconds % HOUR_S // MINUTE_S} min"


def day(moment: date) -> str:
    """Return the date as 5 Nov 2026."""
    return f"{moment.day} {moment:%b %Y}"


def label(name: str) -> str:
    """Return the words of a name in upper snake case."""
    return name.replace("_", " ").capitalize()
