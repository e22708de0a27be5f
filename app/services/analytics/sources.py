"""Where a report's numbers come from: rollups for past hours and days, the sessions for the rest.

Whatever has changed since the rollups were made is read directly, so that a report from rollups
says what one from the sessions alone would say.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.documents.analytics_rollup import AnalyticsCheckpoint, AnalyticsRollup, Span
from app.documents.session_changes import find_changed_hours
from app.domain.analytics.cells import Cell
from app.domain.analytics.intervals import Interval, join, subtract
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import (
    CountSection,
    Key,
    Section,
    Tally,
    TimeSection,
    decode_sections,
)

SHORTEST_RANGE = timedelta(hours=3)
"""Shorter ranges are read directly: it takes no longer."""

MAX_DIRECT_PARTS = 50
"""When more than this has changed in more places, everything is read directly at once."""


@dataclass(frozen=True, slots=True)
class ReportSource:
    """The parts of a report's range to be read directly, and tallies of everything else."""

    scope: ReportScope
    now: datetime
    direct: tuple[ReportScope, ...]
    tallies: tuple[Tally, ...] = field(default=(), repr=False)

    def counted(self, section: CountSection) -> Iterator[tuple[Cell, Key, int]]:
        """Yield what the tallies count of the scope's sessions; a key may come again."""
        for tally in self.tallies:
            yield from tally.counted(section, self.scope)

    def timed(self, section: TimeSection) -> Iterator[tuple[Key, Sequence[int]]]:
        """Yield the durations the tallies hold of the scope's sessions; a key may come again."""
        for tally in self.tallies:
            yield from tally.timed(section, self.scope)


class OpenSource(Protocol):
    """How a report finds its numbers."""

    async def __call__(
        self, scope: ReportScope, /, *sections: Section, now: datetime
    ) -> ReportSource:
        """Return a source of these sections."""


async def read_directly(scope: ReportScope, /, *_: Section, now: datetime) -> ReportSource:
    """Return the source that defines what a report says: sessions and events, and nothing else."""
    return ReportSource(scope=scope, now=now, direct=(scope,))


async def open_source(scope: ReportScope, /, *sections: Section, now: datetime) -> ReportSource:
    """Return the quickest source of the sections; up to five commands, and one per changed day."""
    directly = await read_directly(scope, now=now)
    first, last = _ceil_hour(scope.created_from), _floor_hour(scope.created_to)
    if last <= first or scope.created_to - scope.created_from < SHORTEST_RANGE:
        return directly
    checkpoint = await AnalyticsCheckpoint.find_for(scope.organization_id)
    if checkpoint is None:
        return directly
    changed = await find_changed_hours(scope.organization_id, since=checkpoint.at)
    reading = _Reading(scope, sections, now, [Interval(h, h + Span.HOUR.length) for h in changed])
    buckets = await reading.find_buckets(Interval(first, last))
    if buckets is None:
        return directly
    rest = join([*reading.unread, *subtract(_range_of(scope), Interval(first, last))])
    if len(rest) > MAX_DIRECT_PARTS:
        return directly
    return ReportSource(
        scope=scope,
        now=now,
        direct=tuple(scope.within(part.start, part.end) for part in rest),
        tallies=tuple(decode_sections(bucket.sections) for bucket in buckets),
    )


def _range_of(scope: ReportScope) -> Interval:
    return Interval(scope.created_from, scope.created_to)


@dataclass(slots=True)
class _Reading:
    """Finding buckets; what no bucket says ends up in `unread`."""

    scope: ReportScope
    sections: tuple[Section, ...]
    now: datetime
    changed: list[Interval]
    unread: list[Interval] = field(default_factory=list)

    async def find_buckets(self, whole: Interval) -> list[AnalyticsRollup] | None:
        """Return the days, and the hours of days that cannot be used as a whole.

        None when there are so many such days that reading them costs more than it saves.
        """
        days = await self._find(Span.DAY, Interval(_floor_day(whole.start), whole.end))
        used = [day for day in days if self._is_whole(day, whole)]
        broken = self._broken_days(days, used, whole)
        if len(broken) > MAX_DIRECT_PARTS:
            return None
        for part in broken:
            hours = await self._find(Span.HOUR, part)
            usable = [hour for hour in hours if self._is_fresh(hour)]
            used += usable
            stale = [_interval_of(hour) for hour in hours if not self._is_fresh(hour)]
            changed = [each for each in self.changed if part.start <= each.start < part.end]
            self.unread += [*stale, *changed]
        return used

    def _broken_days(
        self, days: Iterable[AnalyticsRollup], used: Iterable[AnalyticsRollup], whole: Interval
    ) -> list[Interval]:
        """Return the parts of `whole` on days that have sessions and are not used as a whole."""
        starts = {day.starts_at for day in days} | {_floor_day(each.start) for each in self.changed}
        starts -= {day.starts_at for day in used}
        parts = [
            Interval(max(start, whole.start), min(start + Span.DAY.length, whole.end))
            for start in sorted(starts)
        ]
        return [part for part in parts if part.start < part.end]

    async def _find(self, span: Span, part: Interval) -> list[AnalyticsRollup]:
        return await AnalyticsRollup.find_in_range(
            self.scope.organization_id, span, part.start, part.end, sections=self.sections
        )

    def _is_whole(self, day: AnalyticsRollup, whole: Interval) -> bool:
        is_within = whole.start <= day.starts_at and day.ends_at <= whole.end
        return is_within and self._is_fresh(day)

    def _is_fresh(self, bucket: AnalyticsRollup) -> bool:
        start, end = bucket.starts_at, bucket.ends_at
        is_changed = any(start <= hour.start < end for hour in self.changed)
        return bucket.is_usable(self.now) and not is_changed


def _interval_of(bucket: AnalyticsRollup) -> Interval:
    return Interval(bucket.starts_at, bucket.ends_at)


def _floor_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _ceil_hour(moment: datetime) -> datetime:
    floor = _floor_hour(moment)
    return floor if floor == moment else floor + Span.HOUR.length


def _floor_day(moment: datetime) -> datetime:
    return moment.replace(hour=0)
