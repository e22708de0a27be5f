"""Exact percentiles of times, of which only the few bands are read that they lie in."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, TypeVar

from app.documents.analytics_times import AnalyticsTimes
from app.domain.analytics.band_times import BandTimes, split_into_bands
from app.domain.analytics.encoded_tally import StoredTimes, row_id
from app.domain.analytics.percentiles import TimeSummary, find_bands, summarize
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import Key, Section, TimeSection
from app.services.analytics.sources import OpenSource, ReportSource, Stretch, read_directly

MAX_READS = 3

T = TypeVar("T")
Parts: TypeAlias = dict[int, list[BandTimes]]
"""By band."""


class RollupReplacedError(Exception):
    """A rollup has been counted anew since it was read, and its times are gone."""


async def read_whole(
    scope: ReportScope,
    *sections: Section,
    now: datetime,
    open_with: OpenSource,
    read: Callable[[ReportSource], Awaitable[T]],
) -> T:
    """Return what `read` makes of a source, from the sessions if rollups change all the time."""
    for _ in range(MAX_READS):
        try:
            return await read(await open_with(scope, *sections, now=now))
        except RollupReplacedError:
            continue
    return await read(await read_directly(scope, *sections, now=now))


@dataclass(slots=True)
class _Times:
    """The times of one key: how many are in each band, and those that are at hand."""

    numbers: Counter[int] = field(default_factory=Counter)
    parts: Parts = field(default_factory=lambda: defaultdict(list))
    rows: list[tuple[str, Mapping[int, int]]] = field(default_factory=list)
    """The ids of the rows under which rollups have more, and how many in each band."""


async def summarize_times(
    source: ReportSource, section: TimeSection, measured: Iterable[tuple[Key, Sequence[int]]]
) -> dict[Key, TimeSummary]:
    """Return the summary of each key's times, in rollups and `measured` elsewhere.

    One command for each stretch of rollups. Raises `RollupReplacedError`.
    """
    every: defaultdict[Key, _Times] = defaultdict(_Times)
    for key, times in measured:
        for band, part in split_into_bands(sorted(times)):
            every[key].numbers[band] += part.totals[-1]
            every[key].parts[band].append(part)
    for row in source.timed(section):
        numbers = row.by_band()
        every[row.key].numbers.update(numbers)
        every[row.key].rows.append((row_id(section, row.row), numbers))
    await _read_parts(source, every)
    return {key: summarize(times.numbers, times.parts) for key, times in every.items()}


async def _read_parts(source: ReportSource, every: Mapping[Key, _Times]) -> None:
    """Add the times in rollups of the bands that the percentiles lie in."""
    wanted = [
        (times, row, band)
        for times in every.values()
        for band in find_bands(times.numbers)
        for row, numbers in times.rows
        if band in numbers
    ]
    for stretch in source.stretches:
        async for stored in _stream_times(stretch, [f"{row}.{band}" for _, row, band in wanted]):
            for times, row, band in wanted:
                encoded = stored.get(row, {}).get(str(band))
                if encoded is not None:
                    times.parts[band].append(BandTimes.decode(encoded, band))


async def _stream_times(stretch: Stretch, paths: Sequence[str]) -> AsyncIterator[StoredTimes]:
    """Yield the times of every rollup of the stretch that has any."""
    missing = {rollup.times_id for rollup in stretch.rollups} - {None}
    if not missing or not paths:
        return
    async for times_id, stored in AnalyticsTimes.stream_in_range(stretch.where, wanted=paths):
        if times_id in missing:
            missing.discard(times_id)
            yield stored
    if missing:
        raise RollupReplacedError
