from typing import Any

import pytest

from app.domain.booking_session.forms import find_form_problems
from tests.domain.booking_session.builders import CHECKS, DETAILS, ROSA, SUMMARY, ZIP, a_flow

ADDRESS: dict[str, Any] = ROSA["address"]
MISSING = object()


def problems_with(value: Any, **field: Any) -> list[tuple[Any, ...]]:
    """Return the code and path of everything wrong with a form of one field `it`."""
    definition = {"key": "it", "label": "It", **field}
    flow = a_flow(steps=(DETAILS,), details={"fields": [definition]})
    form = {} if value is MISSING else {"it": value}
    problems = find_form_problems(flow.steps[DETAILS].step, form, checks=CHECKS)
    return [(problem.code.value, *problem.path) for problem in problems]


OPTIONS = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"input_type": "text"}, "any text"),
        ({"input_type": "text", "constraints": {"pattern": "[A-Z]{2}"}}, "AB"),
        ({"input_type": "text", "constraints": {"min_length": 2, "max_length": 3}}, "abc"),
        ({"input_type": "textarea"}, "x" * 10_000),
        ({"input_type": "select", "options": OPTIONS}, "b"),
        ({"input_type": "multi_select", "options": OPTIONS}, ["b", "a"]),
        ({"input_type": "checkbox"}, False),
        ({"input_type": "checkbox", "required": True}, True),
        ({"input_type": "number"}, 1.5),
        ({"input_type": "number", "constraints": {"minimum": 0, "maximum": 3}}, 3),
        ({"input_type": "number", "required": True}, 0),
        ({"input_type": "date"}, "2028-02-29"),
        ({"input_type": "phone"}, "+17815550199"),
        ({"input_type": "email"}, "rosa@example.com"),
        ({"input_type": "address"}, ADDRESS),
        ({"input_type": "address"}, {**ADDRESS, "unit": "2b", "zip": "01963-1234"}),
    ],
)
def test_a_fitting_value_has_no_problem(field: dict[str, Any], value: Any) -> None:
    assert problems_with(value, **field) == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ({"input_type": "text"}, 5, "INVALID"),
        ({"input_type": "text", "constraints": {"pattern": "[A-Z]{2}"}}, "ABC", "INVALID"),
        ({"input_type": "text", "constraints": {"min_length": 2}}, "a", "OUT_OF_RANGE"),
        ({"input_type": "text", "constraints": {"max_length": 3}}, "abcd", "TOO_LONG"),
        ({"input_type": "textarea"}, "x" * 10_001, "TOO_LONG"),
        ({"input_type": "select", "options": OPTIONS}, "A", "INVALID"),
        ({"input_type": "select", "options": OPTIONS}, ["a"], "INVALID"),
        ({"input_type": "multi_select", "options": OPTIONS}, "a", "INVALID"),
        ({"input_type": "checkbox"}, "true", "INVALID"),
        ({"input_type": "checkbox", "required": True}, False, "REQUIRED"),
        ({"input_type": "number"}, True, "INVALID"),
        ({"input_type": "number"}, "1", "INVALID"),
        ({"input_type": "number", "constraints": {"minimum": 1}}, 0.5, "OUT_OF_RANGE"),
        ({"input_type": "number", "constraints": {"maximum": 1}}, 2, "OUT_OF_RANGE"),
        ({"input_type": "date"}, "2026-02-29", "INVALID"),
        ({"input_type": "date"}, "20260228", "INVALID"),
        ({"input_type": "date"}, "2026-02-28T10:00", "INVALID"),
        ({"input_type": "phone"}, "781-555-0199", "INVALID"),
        ({"input_type": "email"}, "rosa@", "INVALID"),
        ({"input_type": "address"}, "12 Cliff St", "INVALID"),
    ],
)
def test_a_value_that_does_not_fit_is_reported(
    field: dict[str, Any], value: Any, code: str
) -> None:
    assert problems_with(value, **field) == [(code, "it")]


@pytest.mark.parametrize("value", [MISSING, None, "", "  \n", []])
@pytest.mark.parametrize("input_type", ["text", "number", "date", "phone", "email", "address"])
def test_a_value_not_given_is_a_problem_only_of_a_required_field(
    value: Any, input_type: str
) -> None:
    assert problems_with(value, input_type=input_type) == []
    assert problems_with(value, input_type=input_type, required=True) == [("REQUIRED", "it")]


def test_every_wrong_option_is_reported_by_its_index() -> None:
    assert problems_with(["a", "c", "a"], input_type="multi_select", options=OPTIONS) == [
        ("INVALID", "it", 1),
        ("DUPLICATE", "it", 2),
    ]


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"street": " "}, [("REQUIRED", "street")]),
        ({"city": None, "state": ""}, [("REQUIRED", "city"), ("REQUIRED", "state")]),
        ({"zip": "1963"}, [("INVALID", "zip")]),
        ({"zip": "٠١٩٦٣"}, [("INVALID", "zip")]),
        ({"zip": 1963}, [("INVALID", "zip")]),
        ({"country": "USA"}, [("TOO_LONG", "country")]),
        ({"country": "U1"}, [("INVALID", "country")]),
        ({"street": "x" * 201}, [("TOO_LONG", "street")]),
        ({"$where": "1"}, [("INVALID", "$where")]),
    ],
)
def test_an_address_is_judged_part_by_part(
    change: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    expected = [(code, "it", part) for code, part in problems]

    assert problems_with({**ADDRESS, **change}, input_type="address") == expected


@pytest.mark.parametrize(
    ("zipcode", "problems"),
    [
        ("01963", []),
        ("01901", []),
        ("01903", [("ZIPCODE_NOT_COVERED", "zipcode")]),
        ("0196", [("INVALID", "zipcode")]),
        ("٠١٩٦٣", [("INVALID", "zipcode")]),
        (1963, [("INVALID", "zipcode")]),
        (None, [("REQUIRED", "zipcode")]),
    ],
)
def test_a_zip_code_must_be_one_and_be_covered(
    zipcode: Any, problems: list[tuple[str, str]]
) -> None:
    step = a_flow().steps[ZIP].step
    found = find_form_problems(step, {"zipcode": zipcode}, checks=CHECKS)

    assert [(problem.code.value, *problem.path) for problem in found] == problems


@pytest.mark.parametrize(
    ("required", "form", "problems"),
    [
        (True, {"consent": True}, []),
        (True, {}, [("REQUIRED", "consent")]),
        (True, {"consent": "yes"}, [("INVALID", "consent")]),
        (False, {"consent": False}, []),
        (False, {}, []),
    ],
)
def test_consent_is_true_where_it_is_required(
    required: bool, form: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    flow = a_flow(summary={"consent_text": "Text me.", "require_consent": required})
    found = find_form_problems(flow.steps[SUMMARY].step, form, checks=CHECKS)

    assert [(problem.code.value, *problem.path) for problem in found] == problems
