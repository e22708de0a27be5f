"""Rules about several values at once are asked though one of the values be wrong."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.booking_flow.steps import BookingFlowStepContent
from app.domain.refusal import problems_of

STEP: TypeAdapter[Any] = TypeAdapter(BookingFlowStepContent)
ZIPCODES = "type_config.service_areas"
FIELDS = "type_config.fields"
WINDOWS = "type_config.windows"


def a_field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": "L", "input_type": "text", **more}


def a_window(weekday: str, start: str, end: str) -> dict[str, Any]:
    return {"weekdays": [weekday], "start_time": start, "end_time": end}


def a_calendar(*windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"timezone": "Mars/Base", "windows": windows, **more}


CASES: list[tuple[str, dict[str, Any], set[tuple[str, str]]]] = [
    (
        "zipcode",
        {
            "service_areas": [
                {"name": "A", "zipcodes": ["01901", "0190", "01901"], "prefixes": ["019", "019"]},
                {"name": " A ", "zipcodes": ["01901"]},
            ]
        },
        {
            ("DUPLICATE", f"{ZIPCODES}.0.zipcodes.2"),
            ("INVALID", f"{ZIPCODES}.0.zipcodes.1"),
            ("DUPLICATE", f"{ZIPCODES}.0.prefixes.1"),
            ("DUPLICATE", f"{ZIPCODES}.1.zipcodes.0"),
            ("DUPLICATE", f"{ZIPCODES}.1.name"),
        },
    ),
    (
        "details",
        {
            "fields": [
                a_field("k", constraints={"min_length": 5, "max_length": 2, "pattern": ""}),
                a_field("k", label="", input_type="select"),
                a_field("k", input_type="select", options=[{"value": "a", "label": ""}] * 3),
                a_field("t", options=[{"value": "", "label": "A"}]),
                a_field("n", constraints={"minimum": 3, "maximum": 1, "max_length": 0}),
            ]
        },
        {
            ("OUT_OF_RANGE", f"{FIELDS}.0.constraints.max_length"),
            ("REQUIRED", f"{FIELDS}.0.constraints.pattern"),
            ("DUPLICATE", f"{FIELDS}.1.key"),
            ("REQUIRED", f"{FIELDS}.1.label"),
            ("REQUIRED", f"{FIELDS}.1.options"),
            ("DUPLICATE", f"{FIELDS}.2.key"),
            ("REQUIRED", f"{FIELDS}.2.options.0.label"),
            ("REQUIRED", f"{FIELDS}.2.options.1.label"),
            ("REQUIRED", f"{FIELDS}.2.options.2.label"),
            ("DUPLICATE", f"{FIELDS}.2.options.1.value"),
            ("DUPLICATE", f"{FIELDS}.2.options.2.value"),
            ("INVALID", f"{FIELDS}.3.options"),
            ("REQUIRED", f"{FIELDS}.3.options.0.value"),
            ("OUT_OF_RANGE", f"{FIELDS}.4.constraints.maximum"),
            ("OUT_OF_RANGE", f"{FIELDS}.4.constraints.max_length"),
        },
    ),
    (
        "timeslot_selection",
        a_calendar(
            a_window("monday", "08:00", "18:00"),
            a_window("monday", "09:00", "10:00"),
            a_window("monday", "11:00", "12:00"),
            a_window("monday", "22:00", "02:00"),
            a_window("noday", "12:00", "11:00"),
            blackout_dates=["2026-02-30", "2026-02-28", "2026-02-28"],
        ),
        {
            ("INVALID", "type_config.timezone"),
            ("INVALID", f"{WINDOWS}.1"),
            ("INVALID", f"{WINDOWS}.2"),
            ("OUT_OF_RANGE", f"{WINDOWS}.3.end_time"),
            ("INVALID", f"{WINDOWS}.4.weekdays.0"),
            ("OUT_OF_RANGE", f"{WINDOWS}.4.end_time"),
            ("INVALID", "type_config.blackout_dates.0"),
            ("DUPLICATE", "type_config.blackout_dates.2"),
        },
    ),
    (
        "summary",
        {"require_consent": True, "confirmation_content": {"title": ""}},
        {
            ("REQUIRED", "type_config.consent_text"),
            ("REQUIRED", "type_config.confirmation_content.title"),
        },
    ),
]


def problems_with(step_type: str, config: Any) -> list[tuple[str, str]]:
    step = {"step_type": step_type, "step_config": {"title": "T"}, "type_config": config}
    with pytest.raises(ValidationError) as refused:
        STEP.validate_python(step)
    return [
        (problem.code.value, ".".join(str(part) for part in problem.path[1:]))
        for problem in problems_of(refused.value)
    ]


@pytest.mark.parametrize(("step_type", "config", "expected"), CASES, ids=[c[0] for c in CASES])
def test_rule_about_the_whole_is_asked_beside_those_about_its_parts(
    step_type: str, config: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert sorted(problems_with(step_type, config)) == sorted(expected)


@pytest.mark.parametrize("nonsense", [None, 7, "x", {}, [None], [[7]], {"a": {}}])
@pytest.mark.parametrize(
    ("step_type", "name"),
    [
        ("zipcode", "service_areas"),
        ("details", "fields"),
        ("timeslot_selection", "windows"),
        ("timeslot_selection", "blackout_dates"),
    ],
)
def test_nonsense_in_place_of_a_list_is_refused_without_a_fault(
    step_type: str, name: str, nonsense: Any
) -> None:
    inner = {name: nonsense} if isinstance(nonsense, list) else {name: [nonsense]}
    for config in ({name: nonsense}, inner):
        assert problems_with(step_type, config) != []


@pytest.mark.parametrize(
    "name", ["localtime", "posixrules", "Factory", "right/UTC", "posix/UTC", "../UTC", "", "utc\0"]
)
def test_zone_of_the_machine_and_leap_seconds_are_no_time_zones(name: str) -> None:
    config = {"timezone": name, "windows": [a_window("monday", "08:00", "09:00")]}
    assert problems_with("timeslot_selection", config) == [("INVALID", "type_config.timezone")]
