"""What the configuration of each type of step may hold."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.booking_flow.steps import STEP_ADAPTER
from app.domain.problems import ProblemCode
from app.domain.refusal import problems_of

FIELD = {"key": "k", "label": "L", "input_type": "text"}
WINDOW = {"weekdays": ["monday"], "start_time": "08:00", "end_time": "12:00"}


def problems(step_type: str, **type_config: Any) -> list[tuple[ProblemCode, tuple[Any, ...]]]:
    """Return the codes of what is wrong and their paths below `type_config`."""
    step = {
        "id": "a" * 24,
        "step_type": step_type,
        "step_config": {"title": "T"},
        "type_config": type_config,
    }
    try:
        STEP_ADAPTER.validate_python(step)
    except ValidationError as error:
        return [(problem.code, problem.path[2:]) for problem in problems_of(error)]
    return []


def of_areas(*areas: dict[str, Any]) -> list[tuple[ProblemCode, tuple[Any, ...]]]:
    return problems("zipcode", service_areas=areas)


def of_field(**changes: Any) -> list[tuple[ProblemCode, tuple[Any, ...]]]:
    return problems("details", fields=[{**FIELD, **changes}])


def of_calendar(*windows: dict[str, Any], **more: Any) -> list[tuple[ProblemCode, tuple[Any, ...]]]:
    return problems(
        "timeslot_selection", **{"timezone": "America/New_York", "windows": windows, **more}
    )


AREAS = ("service_areas",)
FIELDS = ("fields", 0)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (of_areas({"name": "A", "zipcodes": ["01901"], "prefixes": ["019", "1"]}), []),
        (of_areas({"name": "A", "zipcodes": ["1901"]}), [("INVALID", (*AREAS, 0, "zipcodes", 0))]),
        (of_areas({"name": "A", "zipcodes": ["٠١٩٠١"]}), [("INVALID", (*AREAS, 0, "zipcodes", 0))]),
        (of_areas({"name": "A", "prefixes": ["01901"]}), [("INVALID", (*AREAS, 0, "prefixes", 0))]),
        (
            of_areas({"name": "A", "zipcodes": ["01901", "01901"]}),
            [("DUPLICATE", (*AREAS, 0, "zipcodes", 1))],
        ),
        (
            of_areas({"name": "A", "prefixes": ["019"]}, {"name": "B", "prefixes": ["019"]}),
            [("DUPLICATE", (*AREAS, 1, "prefixes", 0))],
        ),
        (of_areas({"name": "A"}, {"name": "A"}), [("DUPLICATE", (*AREAS, 1, "name"))]),
    ],
)
def test_zip_codes_are_five_digits_and_listed_once(found: Any, expected: Any) -> None:
    assert found == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (problems("details", fields=[]), [("REQUIRED", ("fields",))]),
        (problems("details", fields=[FIELD, FIELD]), [("DUPLICATE", ("fields", 1, "key"))]),
        (of_field(key="first name"), [("INVALID", (*FIELDS, "key"))]),
        (of_field(key="a.b"), [("INVALID", (*FIELDS, "key"))]),
        (of_field(input_type="select"), [("REQUIRED", (*FIELDS, "options"))]),
        (of_field(options=[{"value": "a", "label": "A"}]), [("INVALID", (*FIELDS, "options"))]),
        (
            of_field(input_type="select", options=[{"value": "a", "label": "A"}] * 2),
            [("DUPLICATE", (*FIELDS, "options", 1, "value"))],
        ),
        (
            of_field(constraints={"min_length": 5, "max_length": 4}),
            [("OUT_OF_RANGE", (*FIELDS, "constraints", "max_length"))],
        ),
        (
            of_field(constraints={"minimum": 5, "maximum": 4}),
            [("OUT_OF_RANGE", (*FIELDS, "constraints", "maximum"))],
        ),
        (
            of_field(constraints={"minimum": float("nan")}),
            [("INVALID", (*FIELDS, "constraints", "minimum"))],
        ),
    ],
)
def test_form_fields_have_their_own_keys_options_and_ordered_bounds(
    found: Any, expected: Any
) -> None:
    assert found == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (of_calendar(WINDOW, {**WINDOW, "start_time": "12:00", "end_time": "13:00"}), []),
        (of_calendar(WINDOW, {**WINDOW, "weekdays": ["tuesday"]}), []),
        (of_calendar(), [("REQUIRED", ("windows",))]),
        (
            of_calendar(WINDOW, {**WINDOW, "start_time": "11:59", "end_time": "13:00"}),
            [("INVALID", ("windows", 1))],
        ),
        (
            of_calendar({**WINDOW, "end_time": "08:00"}),
            [("OUT_OF_RANGE", ("windows", 0, "end_time"))],
        ),
        (of_calendar({**WINDOW, "end_time": "24:00"}), [("INVALID", ("windows", 0, "end_time"))]),
        (
            of_calendar({**WINDOW, "weekdays": ["monday"] * 2}),
            [("DUPLICATE", ("windows", 0, "weekdays", 1))],
        ),
        (of_calendar(WINDOW, timezone="Mars/Olympus"), [("INVALID", ("timezone",))]),
        (of_calendar(WINDOW, timezone="../etc/passwd"), [("INVALID", ("timezone",))]),
        (
            of_calendar(WINDOW, blackout_dates=["2026-12-25", "2026-12-25"]),
            [("DUPLICATE", ("blackout_dates", 1))],
        ),
    ],
)
def test_windows_lie_apart_in_a_time_zone_that_exists(found: Any, expected: Any) -> None:
    assert found == expected


@pytest.mark.parametrize(("text", "codes"), [(None, ["REQUIRED"]), (" ", ["REQUIRED"]), ("Ok", [])])
def test_required_consent_needs_a_text(text: str | None, codes: list[str]) -> None:
    found = problems("summary", require_consent=True, consent_text=text)

    assert found == [(code, ("consent_text",)) for code in codes]
