"""Counts of sessions by cell and key, which add up: hours to days, days to reports.

A tally holds, section by section, what one report needs. Counted sections have a number for every
key, timed sections the times themselves, because percentiles are exact and days those of any zone.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from app.domain.analytics.cells import Cell
from app.domain.analytics.scope import SessionFilter

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

    def counted(
        self, section: CountSection, wanted: SessionFilter
    ) -> Iterator[tuple[Cell, Key, int]]:
        """Yield the counts of a section whose cells are wanted."""
        for (cell, key), sessions in self.counts[section].items():
            if cell.is_in(wanted):
                yield cell, key, sessions

    def timed(
        self, section: TimeSection, wanted: SessionFilter
    ) -> Iterator[tuple[Key, array[int]]]:
        """Yield the times of a section whose cells are wanted."""
        for (cell, key), times in self.times[section].items():
            if cell.is_in(wanted):
                yield key, times


def encode_sections(tally: Tally) -> dict[str, bytes]:
    """Return every section that is not empty as compressed JSON, by its name."""
    sections: dict[str, _Rows] = {}
    for section, counts in tally.counts.items():
        sections[section] = [(cell, key, number) for (cell, key), number in counts.items()]
    for timed, lists in tally.times.items():
        sections[timed] = [
            (cell, key, _to_steps(sorted(times))) for (cell, key), times in lists.items()
        ]
    return {str(name): _compress(rows) for name, rows in sections.items() if rows}


def decode_sections(encoded: Mapping[str, bytes]) -> Tally:
    """Return the tally of sections as they were encoded; those not given are empty."""
    tally = Tally()
    for name, compressed in encoded.items():
        for fields, rows in json.loads(zlib.decompress(compressed)):
            cell = Cell(*fields)
            if name in _COUNT_SECTIONS:
                counts = tally.counts[CountSection(name)]
                counts.update({(cell, _to_key(key)): number for key, number in rows})
            else:
                lists = tally.times[TimeSection(name)]
                lists.update({(cell, _to_key(key)): _from_steps(steps) for key, steps in rows})
    return tally


_COUNT_SECTIONS = frozenset(section.value for section in CountSection)
_Rows: TypeAlias = list[tuple[Cell, Key, Any]]


def _compress(rows: _Rows) -> bytes:
    """Return the rows as JSON, cell by cell, so that a cell is told once."""
    by_cell: dict[Cell, list[tuple[Key, Any]]] = {}
    for cell, key, content in rows:
        by_cell.setdefault(cell, []).append((key, content))
    # Sorted, so that the same sessions make the same bytes; as text, since None has no order.
    cells = sorted((_to_json(cell), _to_json(sorted(by_cell[cell], key=str))) for cell in by_cell)
    return zlib.compress(f"[{','.join(f'[{cell},{rows}]' for cell, rows in cells)}]".encode())


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _to_key(value: list[Any]) -> Key:
    return tuple(_to_key(each) if isinstance(each, list) else each for each in value)


def _to_steps(ascending: list[int]) -> list[int]:
    """Return the first value and the distance of each other from the one before: short numbers."""
    return [after - before for before, after in zip([0, *ascending], ascending, strict=False)]


def _from_steps(steps: list[int]) -> array[int]:
    times, value = array("q"), 0
    for step in steps:
        value += step
        times.append(value)
    return times
