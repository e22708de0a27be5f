"""How a tally is stored: as one view tells it, the times apart from everything else.

A row is a cell and a key, written as JSON. A section is a compressed JSON object of rows: with a
number, or, where times are kept, with how many there are in each band. The times themselves are
stored row by row and band by band, so that the few a report needs can be read alone. Quarters of an
hour are few enough to have a band each.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import chain
from operator import add
from typing import Any, NamedTuple, TypeAlias

from app.domain.analytics.band_times import BandTimes, split_into_bands
from app.domain.analytics.cells import Cell
from app.domain.analytics.tally import CountSection, Key, Section, Tally, TimeSection
from app.domain.analytics.views import View, simplify

StoredTimes: TypeAlias = Mapping[str, Mapping[str, bytes]]
"""By the id of a row and then by the number of a band."""


class BandNumbers(NamedTuple):
    """How many times of one row are in each band from the first on, and the row's text."""

    row: str
    cell: Cell
    key: Key
    first: int
    numbers: list[int]

    def by_band(self) -> dict[int, int]:
        """Return the numbers of the bands that have times."""
        return {band: number for band, number in enumerate(self.numbers, self.first) if number}


_ROW_ID_BYTES = 12
_BYTES_AROUND = 16
"""What a name and its frame take beside the value, at most."""
_TIME_SECTIONS = frozenset(section.value for section in TimeSection)


class EncodedTally(NamedTuple):
    """Every section that is not empty, by its name, and the times."""

    sections: Mapping[str, bytes]
    times: StoredTimes

    @property
    def document_bytes(self) -> int:
        """About how large the larger of the two documents is that this is stored in."""
        bands = [len(band) + _BYTES_AROUND for row in self.times.values() for band in row.values()]
        rows = len(self.times) * (_BYTES_AROUND + 2 * _ROW_ID_BYTES)
        return max(sum(map(len, self.sections.values())), sum(bands) + rows)


def encode_tally(tally: Tally, view: View) -> EncodedTally:
    """Return the tally as the view tells it; the same sessions make the same bytes."""
    simplified = _simplify(tally, view)
    sections: dict[str, dict[str, Any]] = {}
    times: dict[str, dict[str, bytes]] = {}
    cells = {cell: _to_json(cell) for cell in _cells_of(simplified)}
    for section, counts in simplified.counts.items():
        keys = {key: _to_json(key) for key in {key for _, key in counts}}
        sections[section] = {
            _join(cells[cell], keys[key]): number for (cell, key), number in counts.items()
        }
    for timed, lists in simplified.times.items():
        rows = sections[timed] = {}
        for (cell, key), unordered in lists.items():
            row = _join(cells[cell], _to_json(key))
            if timed is TimeSection.QUARTERS:
                rows[row] = _list_numbers(Counter(unordered))
                continue
            bands = dict(split_into_bands(sorted(unordered)))
            rows[row] = _list_numbers({band: bands[band].totals[-1] for band in bands})
            times[row_id(timed, row)] = {str(band): bands[band].encode() for band in bands}
    return EncodedTally(
        {str(name): _compress(rows) for name, rows in sections.items() if rows}, times
    )


def decode_tally(encoded: EncodedTally) -> Tally:
    """Return the tally as the view told it."""
    tally = Tally()
    for name, compressed in encoded.sections.items():
        for row, content in json.loads(zlib.decompress(compressed)).items():
            if name not in _TIME_SECTIONS:
                tally.count(CountSection(name), *read_row(row), content)
            elif name == TimeSection.QUARTERS:
                for quarter, number in enumerate(content[1:], start=content[0]):
                    tally.add_times(TimeSection.QUARTERS, *read_row(row), [quarter] * number)
            else:
                for band, times in encoded.times[row_id(TimeSection(name), row)].items():
                    every = BandTimes.decode(times, int(band)).all()
                    tally.add_times(TimeSection(name), *read_row(row), every)
    return tally


def sum_counts(encoded: list[bytes]) -> Iterator[tuple[Cell, Key, int]]:
    """Yield what the same counted section of several tallies comes to, each row once."""
    # By text, since most rows are in every tally, and reading them costs far more than adding.
    total = Counter[str]()
    for compressed in encoded:
        total.update(json.loads(zlib.decompress(compressed)))
    for row, number in total.items():
        yield *read_row(row), number


def sum_bands(encoded: list[bytes]) -> Iterator[BandNumbers]:
    """Yield for each row of the same timed section of several tallies the times in each band."""
    total: dict[str, _Numbers] = {}
    for compressed in encoded:
        for row, (first, *numbers) in json.loads(zlib.decompress(compressed)).items():
            total.setdefault(row, _Numbers(first)).add(first, numbers)
    for row, numbers in total.items():
        yield BandNumbers(row, *read_row(row), numbers.first, numbers.all)


class _Numbers:
    """One number for each band from the first one on, whether or not there are times in it.

    Adding them up band by band would take several times as long.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self.all: list[int] = []

    def add(self, first: int, numbers: list[int]) -> None:
        """Add the numbers of the bands from `first` on."""
        if first < self.first:
            self.all[:0] = [0] * (self.first - first)
            self.first = first
        start = first - self.first
        end = start + len(numbers)
        self.all += [0] * (end - len(self.all))
        self.all[start:end] = map(add, self.all[start:end], numbers)


def row_of(cell: Cell, key: Key) -> str:
    """Return the text of a row."""
    return _join(_to_json(cell), _to_json(key))


def _join(cell: str, key: str) -> str:
    return f"[{cell},{key}]"


def read_row(row: str) -> tuple[Cell, Key]:
    """Return the cell and the key of a row."""
    cell, key = json.loads(row)
    return Cell(*cell), _to_key(key)


def row_id(section: Section, row: str) -> str:
    """Return what the times of a row are stored under: short, and safe as a name of a field."""
    return blake2b(f"{section.value} {row}".encode(), digest_size=_ROW_ID_BYTES).hexdigest()


def _cells_of(tally: Tally) -> set[Cell]:
    return {cell for cell, _ in chain(*tally.counts.values(), *tally.times.values())}


def _simplify(tally: Tally, view: View) -> Tally:
    if view is View.FULL:
        return tally
    simplified = Tally()
    cells = {cell: simplify(cell, view) for cell in _cells_of(tally)}
    for section, counts in tally.counts.items():
        for (cell, key), number in counts.items():
            simplified.count(section, cells[cell], key, number)
    for timed, lists in tally.times.items():
        for (cell, key), times in lists.items():
            simplified.add_times(timed, cells[cell], key, times)
    return simplified


def _list_numbers(numbers: Mapping[int, int]) -> list[int]:
    """Return the first band and then the number of each band from it to the last."""
    bands = range(min(numbers), max(numbers) + 1)
    return [bands.start, *(numbers.get(band, 0) for band in bands)]


def _compress(rows: Mapping[str, Any]) -> bytes:
    return zlib.compress(_to_json(dict(sorted(rows.items()))).encode())


_to_json = json.JSONEncoder(separators=(",", ":")).encode


def _to_key(value: list[Any]) -> Key:
    return tuple(_to_key(each) if isinstance(each, list) else each for each in value)
