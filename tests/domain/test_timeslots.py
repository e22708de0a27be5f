import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.booking_flow.timeslot_windows import TimeslotSelectionTypeConfig
from app.domain.problems import Problem
from app.domain.timeslots import Timeslot, find_offered_timeslot, offered_timeslots

EVERY_DAY = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NOW = datetime(2026, 10, 26, 14, tzinfo=UTC)
"""A Monday, ten o'clock in New York."""
TODAY = date(2026, 10, 26)
TUESDAY = date(2026, 10, 27)


def a_calendar(*windows: str, **fields: Any) -> TimeslotSelectionTypeConfig:
    """Return a calendar of windows such as "08:00-12:00", offered every day."""
    spans = [window.split("-") for window in windows or ("08:00-12:00",)]
    return TimeslotSelectionTypeConfig.model_validate(
        {
            "timezone": "America/New_York",
            "windows": [
                {"weekdays": EVERY_DAY, "start_time": start, "end_time": end, "capacity": 3}
                for start, end in spans
            ],
            **fields,
        }
    )


def offered(
    config: TimeslotSelectionTypeConfig, start: date, end: date | None = None, now: datetime = NOW
) -> tuple[Timeslot, ...]:
    slots = offered_timeslots(config, start_date=start, end_date=end or start, now=now)
    assert isinstance(slots, tuple)
    return slots


def spans_on(day: date, *windows: str, now: datetime = NOW) -> list[str]:
    slots = offered(a_calendar(*windows), day, now=now)
    return [f"{slot.start_time:%H:%M}-{slot.end_time:%H:%M}" for slot in slots]


def days_of(slots: tuple[Timeslot, ...]) -> list[date]:
    return [slot.start_time.date() for slot in slots]


def test_one_day_offers_its_windows_in_order_in_utc_with_their_capacity() -> None:
    slots = offered(a_calendar("13:00-17:00", "08:00-12:00"), TUESDAY)

    assert slots == (
        Timeslot(
            start_time=datetime(2026, 10, 27, 12, tzinfo=UTC),
            end_time=datetime(2026, 10, 27, 16, tzinfo=UTC),
            capacity=3,
        ),
        Timeslot(
            start_time=datetime(2026, 10, 27, 17, tzinfo=UTC),
            end_time=datetime(2026, 10, 27, 21, tzinfo=UTC),
            capacity=3,
        ),
    )


def test_a_window_is_offered_on_its_weekdays_only() -> None:
    window = {"weekdays": ["tuesday", "sunday"], "start_time": "09:00", "end_time": "10:00"}

    slots = offered(a_calendar(windows=[window]), TODAY, TODAY + timedelta(days=6))

    assert days_of(slots) == [TUESDAY, date(2026, 11, 1)]


def test_a_blackout_date_offers_nothing() -> None:
    calendar = a_calendar(blackout_dates=["2026-10-27"])

    assert days_of(offered(calendar, TUESDAY, TUESDAY + timedelta(days=1))) == [date(2026, 10, 28)]


def test_a_slot_must_start_no_sooner_than_the_lead_time() -> None:
    calendar = a_calendar("12:00-13:00", "13:00-14:00", lead_time_minutes=120)

    assert len(offered(calendar, TODAY)) == 2
    assert len(offered(calendar, TODAY, now=NOW + timedelta(milliseconds=1))) == 1


def test_nothing_is_offered_in_the_past_nor_beyond_the_horizon() -> None:
    calendar = a_calendar("11:00-12:00", horizon_days=2)

    slots = offered(calendar, TODAY - timedelta(days=30), TODAY + timedelta(days=30))

    assert days_of(slots) == [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)]


def test_today_is_the_date_in_the_calendars_zone() -> None:
    late = datetime(2026, 10, 27, 3, tzinfo=UTC)  # Still the evening of the 26th in New York.

    assert days_of(offered(a_calendar("23:30-23:45", horizon_days=1), TODAY, now=late)) == [TUESDAY]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (TODAY - timedelta(days=1), "INVALID"),
        (TODAY + timedelta(days=92), "OUT_OF_RANGE"),
        (date.max, "OUT_OF_RANGE"),
    ],
)
def test_a_range_reversed_or_too_long_is_a_problem(end: date, code: str) -> None:
    problem = offered_timeslots(a_calendar(), start_date=TODAY, end_date=end, now=NOW)

    assert isinstance(problem, Problem)
    assert problem.code.value == code


def test_the_last_days_of_the_calendar_can_be_asked_for() -> None:
    assert offered(a_calendar(), date.max - timedelta(days=91), date.max) == ()
    assert len(offered(a_calendar(horizon_days=365), TODAY, TODAY + timedelta(days=91))) == 91


# Daylight saving time in New York: back at 02:00 on 2026-11-01, forward at 02:00 on 2027-03-14.

BACK, FORWARD = date(2026, 11, 1), date(2027, 3, 14)
BEFORE_FORWARD = datetime(2027, 3, 10, tzinfo=UTC)


def test_windows_keep_their_wall_clock_times_when_clocks_are_set_back() -> None:
    assert spans_on(date(2026, 10, 31), "08:00-12:00") == ["12:00-16:00"]
    assert spans_on(BACK, "08:00-12:00") == ["13:00-17:00"]


def test_a_time_that_occurs_twice_means_its_first_occurrence() -> None:
    assert spans_on(BACK, "00:00-01:30", "01:30-02:00", "02:00-03:00") == [
        "04:00-05:30",
        "05:30-07:00",
        "07:00-08:00",
    ]


def test_a_window_that_begins_or_ends_at_a_skipped_time_is_not_offered() -> None:
    windows = ("00:00-01:00", "01:00-02:30", "02:30-03:00", "03:00-04:00")

    assert spans_on(FORWARD, *windows, now=BEFORE_FORWARD) == ["05:00-06:00", "07:00-08:00"]
    assert len(spans_on(FORWARD + timedelta(days=1), *windows, now=BEFORE_FORWARD)) == 4


def test_a_window_across_a_change_is_an_hour_shorter_or_longer() -> None:
    assert spans_on(FORWARD, "01:00-05:00", now=BEFORE_FORWARD) == ["06:00-09:00"]
    assert spans_on(BACK, "00:00-05:00") == ["04:00-10:00"]


@pytest.mark.parametrize(("day", "now"), [(BACK, NOW), (FORWARD, BEFORE_FORWARD)])
def test_slots_never_overlap_around_a_change(day: date, now: datetime) -> None:
    quarters = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 300, 15)]
    windows = [f"{start}-{end}" for start, end in itertools.pairwise(quarters)]

    slots = offered(a_calendar(*windows), day, now=now)

    assert all(a.end_time <= b.start_time for a, b in itertools.pairwise(slots))
    assert all(slot.start_time < slot.end_time for slot in slots)


# One slot


def test_an_offered_slot_is_found_by_its_exact_bounds_in_any_zone() -> None:
    (slot,) = offered(a_calendar(), TUESDAY)
    local = slot.start_time.astimezone(ZoneInfo("Asia/Tokyo"))

    found = find_offered_timeslot(a_calendar(), start_time=local, end_time=slot.end_time, now=NOW)

    assert found == slot


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (timedelta(minutes=1), timedelta()),
        (timedelta(), timedelta(minutes=1)),
        (timedelta(days=40), timedelta(days=40)),
        (timedelta(days=-2), timedelta(days=-2)),
    ],
    ids=["another start", "another end", "beyond the horizon", "past"],
)
def test_a_slot_that_is_not_offered_is_not_found(start: timedelta, end: timedelta) -> None:
    (slot,) = offered(a_calendar(), TUESDAY)

    found = find_offered_timeslot(
        a_calendar(), start_time=slot.start_time + start, end_time=slot.end_time + end, now=NOW
    )

    assert found is None


@pytest.mark.parametrize("year", [1, 9999])
def test_a_time_at_the_end_of_the_calendar_is_no_slot(year: int) -> None:
    edge = datetime(year, 12 if year > 1 else 1, 31 if year > 1 else 1, tzinfo=UTC)

    assert find_offered_timeslot(a_calendar(), start_time=edge, end_time=edge, now=NOW) is None


def test_a_slot_has_room_until_its_capacity_is_taken() -> None:
    (slot,) = offered(a_calendar(), TUESDAY)
    unlimited = slot.model_copy(update={"capacity": None})

    assert [slot.has_room({slot.start_time: taken}) for taken in (0, 2, 3)] == [True, True, False]
    assert unlimited.has_room({slot.start_time: 1_000})


# The night from 01:30 to 02:30, on the days that lack it or have parts of it twice


def night_of(day: date, timezone: str) -> list[str]:
    calendar = a_calendar("01:30-02:30", timezone=timezone)
    now = datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=3)
    return [f"{s.start_time:%d %H:%M}-{s.end_time:%H:%M}" for s in offered(calendar, day, now=now)]


@pytest.mark.parametrize(
    ("timezone", "day", "expected"),
    [
        ("America/New_York", BACK, ["01 05:30-07:30"]),
        ("America/New_York", FORWARD, []),
        ("Australia/Lord_Howe", date(2027, 4, 4), ["03 14:30-16:00"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["03 15:00-15:30"]),
        ("Europe/London", date(2027, 3, 28), []),
        ("Asia/Kolkata", BACK, ["31 20:00-21:00"]),
        ("America/Phoenix", FORWARD, ["14 08:30-09:30"]),
        ("Pacific/Apia", date(2011, 12, 30), []),
    ],
)
def test_a_night_window_on_the_day_of_a_change(
    timezone: str, day: date, expected: list[str]
) -> None:
    assert night_of(day, timezone) == expected


@pytest.mark.parametrize(
    ("day", "start", "end", "now"),
    [
        (BACK, "06:30", "07:30", NOW),
        (BACK, "05:30", "06:30", NOW),
        (FORWARD, "06:30", "07:30", BEFORE_FORWARD),
        (FORWARD, "06:30", "06:30", BEFORE_FORWARD),
    ],
    ids=["second occurrence", "an hour of two", "through the gap", "to the gap"],
)
def test_a_slot_in_a_gap_or_fold_is_found_only_as_it_is_offered(
    day: date, start: str, end: str, now: datetime
) -> None:
    start_time, end_time = (
        datetime.combine(day, datetime.min.time(), UTC)
        + timedelta(hours=int(text[:2]), minutes=int(text[3:]))
        for text in (start, end)
    )

    found = find_offered_timeslot(
        a_calendar("01:30-02:30"), start_time=start_time, end_time=end_time, now=now
    )

    assert found is None
