"""The visit windows a calendar offers, as intervals of UTC.

A window belongs to a local date and means wall-clock times in the calendar's zone. Where clocks are
set back, a time that occurs twice means its first occurrence. Where they are set forward, a window
that begins or ends at a time the clocks skip is not offered that day: shifting it would make it
overlap the next one. A window that merely spans the change is offered, an hour longer or shorter.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.booking_flow.timeslot_windows import (
    TimeslotSelectionTypeConfig,
    TimeslotWindow,
    Weekday,
)
from app.domain.instants import Instant
from app.domain.problems import Problem, ProblemCode
from app.domain.values import Value

MAX_DAYS_ASKED = 92
WEEKDAYS = tuple(Weekday)


class Timeslot(Value):
    """A window on a day, half-open, in UTC; `capacity` bookings fit, None = unlimited."""

    start_time: Instant
    end_time: Instant
    capacity: int | None = None

    def has_room(self, taken: Mapping[datetime, int]) -> bool:
        """Whether another booking fits, given the number taken by start time."""
        return self.capacity is None or taken.get(self.start_time, 0) < self.capacity


def offered_timeslots(
    config: TimeslotSelectionTypeConfig, *, start_date: date, end_date: date, now: datetime
) -> tuple[Timeslot, ...] | Problem:
    """Return the slots of the local dates `start_date` to `end_date`, both included, in order.

    A slot is offered when it starts no sooner than the lead time from `now`, on a local date no
    later than the horizon from today's, and on no blackout date. A reversed range and one of more
    than 92 days are answered with a problem.
    """
    if end_date < start_date:
        return _range_problem(ProblemCode.INVALID, "The end date is before the start date.")
    if (end_date - start_date).days >= MAX_DAYS_ASKED:
        return _range_problem(
            ProblemCode.OUT_OF_RANGE, f"At most {MAX_DAYS_ASKED} days can be asked for at once."
        )
    return tuple(_slots_between(config, start_date, end_date, now))


def find_offered_timeslot(
    config: TimeslotSelectionTypeConfig, *, start_time: datetime, end_time: datetime, now: datetime
) -> Timeslot | None:
    """Return the offered slot with exactly these bounds, or None when there is none."""
    # Outside these bounds nothing is offered, and the local time might not even be representable.
    if not now <= start_time <= now + timedelta(days=config.horizon_days + 2):
        return None
    day = start_time.astimezone(ZoneInfo(config.timezone)).date()
    for slot in _slots_between(config, day, day, now):
        if slot.start_time == start_time and slot.end_time == end_time:
            return slot
    return None


def _range_problem(code: ProblemCode, message: str) -> Problem:
    return Problem(code=code, message=message, path=("end_date",))


def _slots_between(
    config: TimeslotSelectionTypeConfig, start_date: date, end_date: date, now: datetime
) -> Iterator[Timeslot]:
    zone = ZoneInfo(config.timezone)
    today = now.astimezone(zone).date()
    earliest = now + timedelta(minutes=config.lead_time_minutes)
    day = max(start_date, today)
    last_day = min(end_date, today + timedelta(days=config.horizon_days))
    windows = sorted(config.windows, key=lambda window: window.start_time)
    while day <= last_day:
        if day not in config.blackout_dates:
            slots = _slots_on(day, windows, zone)
            yield from (slot for slot in slots if slot.start_time >= earliest)
        day += timedelta(days=1)


def _slots_on(day: date, windows: list[TimeslotWindow], zone: ZoneInfo) -> Iterator[Timeslot]:
    weekday = WEEKDAYS[day.weekday()]
    for window in windows:
        if weekday not in window.weekdays:
            continue
        start = _to_utc(day, window.start_time, zone)
        end = _to_utc(day, window.end_time, zone)
        if start is not None and end is not None:
            yield Timeslot(start_time=start, end_time=end, capacity=window.capacity)


def _to_utc(day: date, local_time: str, zone: ZoneInfo) -> datetime | None:
    """Return the first moment the clocks show this time on this day, None when they skip it."""
    wall = datetime.combine(day, time.fromisoformat(local_time), tzinfo=zone)
    moment = wall.astimezone(UTC)
    # A skipped time comes back from UTC as another one.
    shown = moment.astimezone(zone)
    return moment if shown.replace(tzinfo=None) == wall.replace(tzinfo=None) else None
