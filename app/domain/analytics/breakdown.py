"""How sessions ended, by where they came from, what they chose and when they began."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from app.domain.analytics.rates import quotient
from app.domain.analytics.session_facts import QUARTER
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import Value

_DAY = timedelta(days=1)
_QUARTERS_PER_DAY = _DAY // QUARTER


class BreakdownDimension(StrEnum):
    """What sessions are told apart by."""

    UTM_SOURCE = "utm_source"
    UTM_MEDIUM = "utm_medium"
    UTM_CAMPAIGN = "utm_campaign"
    ROUTING_RULE = "routing_rule"
    SERVICE = "service"
    DEVICE = "device"
    DAY = "day"


class KeyCount(NamedTuple):
    """How many sessions of a status have a key; None is for those without one."""

    key: str | None
    status: BookingSessionStatus
    sessions: int


class QuarterCounts(NamedTuple):
    """How many sessions of a status began in each quarter of an hour from `starts_at` on."""

    starts_at: datetime
    status: BookingSessionStatus
    sessions: Sequence[int]


class BreakdownRow(Value):
    """How the sessions of one key ended; those going on are started and nothing else."""

    key: str | None
    started_count: int
    completed_count: int
    abandoned_count: int
    active_count: int

    @property
    def conversion_rate(self) -> float | None:
        """The part of the sessions started that led to a booking, 0 to 1."""
        return quotient(self.completed_count, self.started_count)

    @property
    def ended_count(self) -> int:
        """Sessions of which it is known how they ended."""
        return self.completed_count + self.abandoned_count

    @property
    def ended_conversion_rate(self) -> float | None:
        """The part of the sessions ended that led to a booking, 0 to 1; no active one lowers it."""
        return quotient(self.completed_count, self.ended_count)


def break_down(counts: Iterable[KeyCount]) -> tuple[BreakdownRow, ...]:
    """Return a row for each key, most sessions first, then by key; the one for none is last."""
    rows = _to_rows(counts)
    return tuple(sorted(rows, key=lambda row: (row.key is None, -row.started_count, row.key or "")))


def break_down_days(counts: Iterable[QuarterCounts], zone: tzinfo) -> tuple[BreakdownRow, ...]:
    """Return a row for each day of the zone on which sessions began, in order of time.

    The key is the date, as 2026-01-31. Every time zone has been off UTC by a multiple of a quarter
    of an hour since 1972, so that no quarter belongs to two days.
    """
    days = (
        KeyCount(day.isoformat(), count.status, sessions)
        for count in counts
        for day, sessions in _sum_days(count.starts_at, count.sessions, zone)
        if sessions
    )
    return tuple(sorted(_to_rows(days), key=lambda row: row.key or ""))


def _sum_days(
    starts_at: datetime, sessions: Sequence[int], zone: tzinfo
) -> Iterator[tuple[date, int]]:
    """Yield what runs of quarters come to that are on the same day of the zone."""
    for place in range(0, len(sessions), _QUARTERS_PER_DAY):
        run = sessions[place : place + _QUARTERS_PER_DAY]
        start = starts_at + place * QUARTER
        begin, end = (each.astimezone(zone) for each in (start, start + len(run) * QUARTER))
        if begin.utcoffset() == end.utcoffset():
            midnight = datetime.combine(begin.date() + _DAY, time(), zone)
            until_midnight = -((begin - midnight) // QUARTER)
            yield begin.date(), sum(run[:until_midnight])
            yield begin.date() + _DAY, sum(run[until_midnight:])
        else:
            # The clocks change: that may take a quarter back to the day before.
            for number, each in enumerate(run):
                yield (start + number * QUARTER).astimezone(zone).date(), each


def _to_rows(counts: Iterable[KeyCount]) -> list[BreakdownRow]:
    tallies: dict[str | None, dict[BookingSessionStatus, int]] = {}
    for count in counts:
        tally = tallies.setdefault(count.key, dict.fromkeys(BookingSessionStatus, 0))
        tally[count.status] += count.sessions
    return [
        BreakdownRow(
            key=key,
            started_count=sum(tally.values()),
            completed_count=tally[BookingSessionStatus.COMPLETED],
            abandoned_count=tally[BookingSessionStatus.ABANDONED],
            active_count=tally[BookingSessionStatus.ACTIVE],
        )
        for key, tally in tallies.items()
    ]
