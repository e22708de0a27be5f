"""When the company's technicians come."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.booking_flow.timeslot_windows import (
    TimeslotSelectionTypeConfig,
    TimeslotWindow,
    Weekday,
)

TIME_ZONE = "America/New_York"


def local_date(moment: datetime) -> date:
    """Return the date of `moment` where the company is."""
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()


_WORKDAYS = (
    Weekday.MONDAY,
    Weekday.TUESDAY,
    Weekday.WEDNESDAY,
    Weekday.THURSDAY,
    Weekday.FRIDAY,
)
_EVERY_DAY = tuple(Weekday)


def general_calendar(today: date) -> TimeslotSelectionTypeConfig:
    """Return two-hour windows on workdays and a long one on Saturdays."""
    return TimeslotSelectionTypeConfig(
        timezone=TIME_ZONE,
        lead_time_minutes=120,
        horizon_days=30,
        windows=(
            *_windows(_WORKDAYS, 6, "08:00-10:00", "10:00-12:00", "13:00-15:00", "15:00-17:00"),
            *_windows((Weekday.SATURDAY,), 5, "09:00-12:00"),
        ),
        blackout_dates=_holidays_around(today),
    )


def emergency_calendar() -> TimeslotSelectionTypeConfig:
    """Return three-hour windows every day, holidays too, for the next days only."""
    return TimeslotSelectionTypeConfig(
        timezone=TIME_ZONE,
        lead_time_minutes=30,
        horizon_days=3,
        windows=_windows(
            *(_EVERY_DAY, 3),
            *("07:00-10:00", "10:00-13:00", "13:00-16:00", "16:00-19:00", "19:00-22:00"),
        ),
    )


def cooling_calendar(today: date) -> TimeslotSelectionTypeConfig:
    """Return half days from Monday to Saturday."""
    return TimeslotSelectionTypeConfig(
        timezone=TIME_ZONE,
        lead_time_minutes=240,
        horizon_days=45,
        windows=_windows((*_WORKDAYS, Weekday.SATURDAY), 6, "08:00-12:00", "12:00-16:00"),
        blackout_dates=_holidays_around(today),
    )


def _windows(
    weekdays: tuple[Weekday, ...], capacity: int, *spans: str
) -> tuple[TimeslotWindow, ...]:
    bounds = [span.split("-") for span in spans]
    return tuple(
        TimeslotWindow(weekdays=weekdays, start_time=start, end_time=end, capacity=capacity)
        for start, end in bounds
    )


def _holidays_around(today: date) -> tuple[date, ...]:
    years = (today.year - 1, today.year, today.year + 1)
    days = ((1, 1), (7, 4), (12, 25))
    return tuple(date(year, month, day) for year in years for month, day in days)
