"""When visits are offered: weekly windows in a time zone, less blackout dates."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.domain.refusal import problem_at
from app.domain.values import Value
from app.domain.wholes import as_list, find_repeats, judge_whole, judged_whole, part, parts


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


NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
NO_ZONES = ("posix/", "right/")
"""Names in the time zone database that mean no place: the machine's own zone, or leap seconds."""


def _require_time_zone(name: str) -> str:
    if name in NO_PLACES or name.startswith(NO_ZONES):
        raise PydanticCustomError("INVALID", "is not a known IANA time zone")
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

    @model_validator(mode="wrap")
    @classmethod
    def _judge(cls, given: Any, read: Callable[[Any], "TimeslotWindow"]) -> "TimeslotWindow":
        return judge_whole(given, read, _find_problems_of_window)


def _find_problems_of_window(window: Any) -> Iterator[PydanticCustomError]:
    start, end = part(window, "start_time"), part(window, "end_time")
    if isinstance(start, str) and isinstance(end, str) and start >= end:
        yield problem_at("OUT_OF_RANGE", "the window ends before it starts", "end_time")
    for twice in find_repeats(parts(window, "weekdays")):
        yield problem_at("DUPLICATE", "the weekday is named twice", "weekdays", twice)


def _find_overlaps(windows: Any) -> Iterator[PydanticCustomError]:
    overlapping: dict[int, Weekday] = {}
    for weekday in Weekday:
        last_end, last = "", 0
        for start, end, index in _list_spans(as_list(windows), weekday):
            if start < last_end:
                overlapping.setdefault(max(last, index), weekday)
            last_end, last = max((last_end, last), (end, index))
    for index, weekday in sorted(overlapping.items()):
        yield problem_at("INVALID", f"two windows overlap on {weekday.value}", index)


def _list_spans(windows: Sequence[Any], weekday: Weekday) -> list[tuple[str, str, int]]:
    spans = [
        (part(window, "start_time"), part(window, "end_time"), index)
        for index, window in enumerate(windows)
        if weekday in parts(window, "weekdays")
    ]
    return sorted(
        (start, end, index)
        for start, end, index in spans
        if isinstance(start, str) and isinstance(end, str) and start < end
    )


def _find_repeated_dates(dates: Any) -> Iterator[PydanticCustomError]:
    for twice in find_repeats(as_list(dates)):
        yield problem_at("DUPLICATE", f"{dates[twice]} is listed twice", twice)


class TimeslotSelectionTypeConfig(Value):
    """The calendar of a timeslot step, in its own time zone."""

    timezone: TimeZoneName
    lead_time_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 90)] = 0
    horizon_days: Annotated[int, Field(ge=1, le=365)] = 30
    hold_minutes: Annotated[int, Field(ge=0, le=60)] = 0
    """How long a chosen slot is kept for its customer; 0 = not at all: the first to book wins."""
    windows: Annotated[
        tuple[TimeslotWindow, ...],
        Field(min_length=1, max_length=100),
        judged_whole(_find_overlaps),
    ]
    blackout_dates: Annotated[
        tuple[date, ...], Field(max_length=1_000), judged_whole(_find_repeated_dates)
    ] = ()
