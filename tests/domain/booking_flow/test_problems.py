"""What keeps a whole flow from being published."""

from typing import Any

import pytest

from app.domain.booking_flow.problems import blocks_publishing, find_flow_problems
from app.domain.booking_flow.steps import STEP_ADAPTER, BookingFlowStep
from tests.domain.service_selection.builders import VALID_EDGES, VALID_NODES, a_graph

FIELDS = {"fields": [{"key": "k", "label": "L", "input_type": "text"}]}
WINDOW = {"weekdays": ["monday"], "start_time": "08:00", "end_time": "12:00"}
CONFIGS: dict[str, Any] = {
    "zipcode": {"service_areas": [{"name": "A", "prefixes": ["019"]}]},
    "service_selection": a_graph(VALID_NODES, *VALID_EDGES),
    "details": FIELDS,
    "timeslot_selection": {"timezone": "UTC", "windows": [WINDOW]},
    "customer": FIELDS,
    "summary": {},
}


def a_step(number: int, step_type: str, **changes: Any) -> BookingFlowStep:
    return STEP_ADAPTER.validate_python(
        {
            "id": f"{number:024}",
            "step_type": step_type,
            "step_config": {"title": "T"},
            "type_config": {**dict(CONFIGS[step_type]), **changes},
        }
    )


def found_in(*step_types: str) -> list[tuple[str, int | None]]:
    """Return the codes of what is wrong with the position of the step at fault."""
    steps = [a_step(number, step_type) for number, step_type in enumerate(step_types)]
    problems = find_flow_problems(steps, references=None)
    assert blocks_publishing(problems) == bool(problems)
    return [(p.code, None if p.step_id is None else int(p.step_id)) for p in problems]


@pytest.mark.parametrize(
    ("step_types", "expected"),
    [
        (("service_selection",), []),
        (tuple(CONFIGS), []),
        (("zipcode", "zipcode", "details", "details", "service_selection"), []),
        ((), [("NO_STEPS", None), ("NO_SERVICE_SELECTION_STEP", None)]),
        (("zipcode",), [("NO_SERVICE_SELECTION_STEP", None)]),
        (("summary", "service_selection"), [("SUMMARY_NOT_LAST", 0)]),
        *(
            ((step_type, *repeated), [("DUPLICATE_STEP_TYPE", 1)])
            for step_type, repeated in (
                ("service_selection", ("service_selection",)),
                ("timeslot_selection", ("timeslot_selection", "service_selection")),
                ("customer", ("customer", "service_selection")),
            )
        ),
    ],
)
def test_sequence_of_steps_is_judged(step_types: tuple[str, ...], expected: Any) -> None:
    assert found_in(*step_types) == expected


def test_zip_code_step_that_covers_nothing_is_reported() -> None:
    steps = [a_step(0, "zipcode", service_areas=[{"name": "A"}]), a_step(1, "service_selection")]

    problems = find_flow_problems(steps, references=None)

    assert [(p.code, p.step_id) for p in problems] == [("EMPTY_ZIPCODE_LIST", steps[0].id)]


def test_problems_of_a_graph_name_its_step() -> None:
    steps = [a_step(3, "service_selection", nodes=(), edges=())]

    problems = find_flow_problems(steps, references=None)

    assert [(p.code, p.step_id) for p in problems] == [("ROOT_MISSING", steps[0].id)]
