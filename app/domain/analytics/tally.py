"""Counts of sessions by cell and key, which add up: hours to days, days to reports.

A tally holds, section by section, what one report needs. Counted sections have a number for every
key, timed sections the times themselves, because percentiles are exact.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from app.domain.analytics.cells import Cell

Key: TypeAlias = tuple[Any, ...]
"""Strings, integers, None and tuples of them: what JSON can hold."""


class CountSection(StrEnum):
    """What is counted, and by which key."""

    GROUPS = "groups"
    """(status, furthest step index, step id, completed step ids)"""
    PROGRESS = "progress"
    """(status, steps completed, steps in all)"""
    SERVICES = "services"
    """(service id or None, status)"""
    TOTALS = "totals"
    """(status, whether resumed from another session)"""
    PATHS = "paths"
    """(status, furthest step index, path through the service-selection graph)"""
    ZIPCODES = "zipcodes"
    """(zip code as entered, status)"""
    FIELDS = "fields"
    """(step id, field, kind of FieldFact)"""
    BOOKINGS = "bookings"
    """(booking status, sync status or None, vendor's status or None, whether it is a job)"""


class TimeSection(StrEnum):
    """What is kept one by one, and by which key."""

    STEP_TIMES = "step_times"
    """(step id,): milliseconds on the step"""
    FIELD_TIMES = "field_times"
    """(step id, field): milliseconds on the field"""
    QUARTERS = "quarters"
    """(status,): the quarter of an hour since 1970 in which the session was created"""


Section: TypeAlias = CountSection | TimeSection
SECTIONS: tuple[Section, ...] = (*CountSection, *TimeSection)


@dataclass(slots=True)
class Tally:
    """The sections that were read or counted; the others are empty."""

    counts: dict[CountSection, Counter[tuple[Cell, Key]]] = field(
        default_factory=lambda: {section: Counter() for section in CountSection}
    )
    times: dict[TimeSection, dict[tuple[Cell, Key], array[int]]] = field(
        default_factory=lambda: {section: {} for section in TimeSection}
    )

    def count(self, section: CountSection, cell: Cell, key: Key, sessions: int = 1) -> None:
        """Add to a count."""
        self.counts[section][cell, key] += sessions

    def add_times(self, section: TimeSection, cell: Cell, key: Key, times: Iterable[int]) -> None:
        """Add times, in any order."""
        self.times[section].setdefault((cell, key), array("q")).extend(times)

    def add(self, other: Tally) -> None:
        """Add all counts and times of another tally."""
        for section, counts in other.counts.items():
            self.counts[section].update(counts)
        for timed, lists in other.times.items():
            for (cell, key), times in lists.items():
                self.add_times(timed, cell, key, times)
