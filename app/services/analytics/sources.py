"""Where a report's numbers come from: rollups for past hours and days, the sessions for the rest.

Whatever has changed since the rollups were made is read directly, so that a report from rollups
says what one from the sessions alone would say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.documents.analytics_checkpoint import AnalyticsCheckpoint
from app.documents.analytics_rollup import AnalyticsRollup, BucketRange, Span
from app.documents.session_changes import find_changed_hours, find_rebooked_hours
from app.domain.analytics.cells import Cell
from app.domain.analytics.encoded_tally import BandNumbers, sum_bands, sum_counts
from app.domain.analytics.intervals import Interval, join, subtract
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.tally import CountSection, Key, Section, TimeSection
from app.domain.analytics.views import find_view

SHORTEST_RANGE = timedelta(hours=3)
"""Shorter ranges are read directly: it takes no longer."""

MAX_DIRECT_PARTS = 50
"""When more than this has changed in more places, everything is read directly at once."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Buckets of one kind that were read together."""

    where: BucketRange
    rollups: tuple[AnalyticsRollup, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReportSource:
    """The parts of a report's range to be read directly, and rollups of everything else."""

    scope: ReportScope
    now: datetime
    direct: tuple[ReportScope, ...]
    stretches: tuple[Stretch, ...] = ()

    def counted(self, section: CountSection) -> Iterator[tuple[Cell, Key, int]]:
        """Yield what the rollups count of the scope's sessions; a key may come again."""
        for row in sum_counts(self._sections(section)):
            if row[0].is_in(self.scope):
                yield row

    def timed(self, section: TimeSection) -> Iterator[BandNumbers]:
        """Yield how many times the rollups hold of the scope's sessions; a key may come again."""
        for row in sum_bands(self._sections(section)):
            if row.cell.is_in(self.scope):
                yield row

    def _sections(self, section: Section) -> list[bytes]:
        rollups = (rollup for stretch in self.stretches for rollup in stretch.rollups)
        return [each.sections[section] for each in rollups if section in each.sections]


class OpenSource(Protocol):
    """How a report finds its numbers."""

    async def __call__(
        self, scope: ReportScope, /, *sections: Section, now: datetime, apart_by: str | None = None
    ) -> ReportSource:
        """Return a source of these sections; `apart_by` is a field of cells to be told apart."""


async def read_directly(
    scope: ReportScope,
    /,
    *_: Section,
    now: datetime,
    apart_by: str | None = None,  # noqa: ARG001 - sessions tell everything apart.
) -> ReportSource:
    """Return the source that defines what a report says: sessions and events, and nothing else."""
    return ReportSource(scope=scope, now=now, direct=(scope,))


async def open_source(
    scope: ReportScope, /, *sections: Section, now: datetime, apart_by: str | None = None
) -> ReportSource:
    """Return the quickest source of the sections; up to five commands, and one per changed day."""
    directly = await read_directly(scope, now=now)
    first, last = _ceil_hour(scope.created_from), _floor_hour(scope.created_to)
    if last <= first or scope.created_to - scope.created_from < SHORTEST_RANGE:
        return directly
    since = await AnalyticsCheckpoint.find_time(scope.organization_id)
    if since is None:
        return directly
    changed = await _find_changed(scope, sections, since)
    reading = _Reading(scope, sections, apart_by, now, changed)
    whole = Interval(first, last)
    if not await reading.read(whole):
        return directly
    rest = join([*reading.unread, *subtract(_range_of(scope), whole)])
    if len(rest) > MAX_DIRECT_PARTS:
        return directly
    return ReportSource(
        scope=scope,
        now=now,
        direct=tuple(scope.within(part.start, part.end) for part in rest),
        stretches=tuple(reading.stretches),
    )


async def _find_changed(
    scope: ReportScope, sections: tuple[Section, ...], since: datetime
) -> list[Interval]:
    hours = await find_changed_hours(scope.organization_id, since=since)
    if CountSection.BOOKINGS in sections:
        hours |= await find_rebooked_hours(scope.organization_id, since=since)
    return [Interval(hour, hour + Span.HOUR.length) for hour in hours]


def _range_of(scope: ReportScope) -> Interval:
    return Interval(scope.created_from, scope.created_to)


@dataclass(slots=True)
class _Reading:
    """Finding buckets: those to be used end up in `stretches`, what none says in `unread`."""

    scope: ReportScope
    sections: tuple[Section, ...]
    apart_by: str | None
    now: datetime
    changed: list[Interval]
    stretches: list[Stretch] = field(default_factory=list)
    unread: list[Interval] = field(default_factory=list)

    async def read(self, whole: Interval) -> bool:
        """Find the days, and the hours of days that cannot be used as a whole.

        False when there are so many such days that reading them costs more than it saves.
        """
        around = Interval(_floor_day(whole.start), whole.end)
        days = await self._find(Span.DAY, around)
        used = [day for day in days if self._is_whole(day, whole)]
        self._use(Span.DAY, around, used)
        broken = self._broken_days(days, used, whole)
        if len(broken) > MAX_DIRECT_PARTS:
            return False
        for part in broken:
            hours = await self._find(Span.HOUR, part)
            self._use(Span.HOUR, part, [hour for hour in hours if self._is_fresh(hour)])
            stale = [_interval_of(hour) for hour in hours if not self._is_fresh(hour)]
            changed = [each for each in self.changed if part.start <= each.start < part.end]
            self.unread += [*stale, *changed]
        return True

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
        return await AnalyticsRollup.find_in_range(self._where(span, part), sections=self.sections)

    def _use(self, span: Span, part: Interval, rollups: list[AnalyticsRollup]) -> None:
        if rollups:
            self.stretches.append(Stretch(self._where(span, part), tuple(rollups)))

    def _where(self, span: Span, part: Interval) -> BucketRange:
        view = find_view(self.scope, apart_by=self.apart_by)
        return BucketRange(self.scope.organization_id, span, view, part.start, part.end)

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
