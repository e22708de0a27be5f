from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.booking_session.commands import SessionCommand, content_hash
from app.domain.bounded_json import BoundedJson

ADAPTER: TypeAdapter[Any] = TypeAdapter(BoundedJson)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "x" * 9_998,
        -(2**63),
        2**63 - 1,
        [[[[]]]],
        {"a.b": {"": [True]}, "a$": "$ne"},
        "é" * 9_998,
    ],
)
def test_plain_json_within_the_bounds_is_kept_as_it_is(value: Any) -> None:
    assert ADAPTER.validate_python(value) == value


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("x" * 9_999, "TOO_LONG"),
        (["x" * 100] * 100, "TOO_LONG"),
        ("x" * 1_000_000, "TOO_LONG"),
        (2**63, "OUT_OF_RANGE"),
        (float("nan"), "INVALID"),
        (float("inf"), "INVALID"),
        (nested(5), "INVALID"),
        (nested(100_000), "INVALID"),
        ("a\0b", "INVALID"),
        ({"a\0b": 1}, "INVALID"),
        ("\ud800", "INVALID"),
        ({1: 2}, "INVALID"),
        ({"$ne": None}, "INVALID"),
        ([{"$ref": "booking_sessions", "$id": "x"}], "INVALID"),
        (b"bytes", "INVALID"),
    ],
)
def test_anything_else_is_refused_with_a_code(value: Any, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(value)
    assert [error["type"] for error in caught.value.errors()] == [code]


def a_command(**fields: Any) -> dict[str, Any]:
    form = {"event_type": "step_completed", "form_data": {"notes": "Dog"}}
    return {"client_event_id": "c-1", "step_id": "s", "data": form, **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {"client_event_id": ""},
        {"client_event_id": "x" * 101},
        {"client_event_id": "c\0"},
        {"data": {"event_type": "session_completed", "booking_id": "x"}},
        {"data": {"event_type": "step_completed", "form_data": {"k" * 101: 1}}},
        {"data": {"event_type": "step_completed", "form_data": {f"k{n}": 1 for n in range(101)}}},
        {
            "data": {
                "event_type": "step_completed",
                "form_data": {f"k{n}": "x" * 9_000 for n in range(6)},
            }
        },
        {"data": {"event_type": "validation_error", "field": "f", "message": "x" * 1_001}},
        {"data": {"event_type": "validation_error", "field": "", "message": "x"}},
        {"client_timestamp": "yesterday"},
        {"client_timestamp": "0001-01-01T00:00:00+14:00"},
        {"client_timestamp": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_command_out_of_bounds_is_refused(fields: dict[str, Any]) -> None:
    SessionCommand.model_validate(a_command())
    with pytest.raises(ValidationError):
        SessionCommand.model_validate(a_command(**fields))


def test_each_value_of_a_form_is_named_by_its_key() -> None:
    form = {"event_type": "step_completed", "form_data": {"a": 2**63, "b": 1, "c": "\0"}}

    with pytest.raises(ValidationError) as caught:
        SessionCommand.model_validate(a_command(data=form))

    places = [(error["type"], error["loc"][-1]) for error in caught.value.errors()]
    assert places == [("OUT_OF_RANGE", "a"), ("INVALID", "c")]


def test_a_form_that_is_null_is_empty() -> None:
    form = {"event_type": "step_completed", "form_data": None}
    command = SessionCommand.model_validate(a_command(data=form))
    nothing = SessionCommand.model_validate(a_command(data={"event_type": "step_completed"}))

    assert command == nothing


def test_a_command_no_database_could_hold_still_has_a_hash() -> None:
    command = SessionCommand.model_validate(a_command(step_id="\ud800"))

    assert len(content_hash(command)) == 64
