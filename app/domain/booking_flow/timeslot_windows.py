"""When visits are offered: weekly windows in a time zone, less blackout dates."""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.domain.booking_flow.form_fields import first_repeat
from app.domain.refusal import problem_at
from app.domain.values import Value


class Weekday(StrEnum):
    """A day of the week, in ISO order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


LocalTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A wall-clock time, `HH:MM`."""


def _require_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("INVALID", "is not a known IANA time zone") from error
    return name


TimeZoneName = Annotated[str, AfterValidator(_require_time_zone)]


class TimeslotWindow(Value):
    """A visit window offered on some weekdays; `capacity` bookings fit, None = unlimited."""

    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    start_time: LocalTime
    end_time: LocalTime
    capacity: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _require_a_positive_span(self) -> "TimeslotWindow":
        if self.start_time >= self.end_time:
            raise problem_at("OUT_OF_RANGE", "the window ends before it starts", "end_time")
        twice = first_repeat(self.weekdays)
        if twice is not None:
            raise problem_at("DUPLICATE", "the weekday is named twice", "weekdays", twice)
        return self


def _require_disjoint(windows: tuple[TimeslotWindow, ...]) -> tuple[TimeslotWindow, ...]:
    for weekday in Weekday:
        spans = sorted(
            (window.start_time, window.end_time, index)
            for index, window in enumerate(windows)
            if weekday in window.weekdays
        )
        for (_, earlier_end, earlier), (later_start, _, later) in pairwise(spans):
            if later_start < earlier_end:
                message = f"two windows overlap on {weekday.value}"
                raise problem_at("INVALID", message, max(earlier, later))
    return windows


def _require_distinct_dates(dates: tuple[date, ...]) -> tuple[date, ...]:
    twice = first_repeat(dates)
    if twice is not None:
        raise problem_at("DUPLICATE", f"{dates[twice]} is listed twice", twice)
    return dates


class TimeslotSelectionTypeConfig(Value):
    """The calendar of a timeslot step, in its own time zone."""

    timezone: TimeZoneName
    lead_time_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 90)] = 0
    horizon_days: Annotated[int, Field(ge=1, le=365)] = 30
    windows: Annotated[
        tuple[TimeslotWindow, ...],
        Field(min_length=1, max_length=100),
        AfterValidator(_require_disjoint),
    ]
    blackout_dates: Annotated[
        tuple[date, ...], Field(max_length=1_000), AfterValidator(_require_distinct_dates)
    ] = ()
