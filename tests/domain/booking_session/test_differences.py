from typing import Any

import pytest

from app.domain.booking_session.differences import Change, find_changes


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({"a": 1, "b": {"c": [1]}}, {"b": {"c": [1]}, "a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [(("a", "b"), 1, 2)]),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, [(("a",), [1, 2], [1, 2, 3])]),
        ({"a": 1}, {"b": 2}, [(("a",), 1, None), (("b",), None, 2)]),
        ({"a": None}, {}, []),
        ({"a": {"b": 1}}, {"a": None}, [(("a",), {"b": 1}, None)]),
        ({"a": True}, {"a": 1}, [(("a",), True, 1)]),
        ({"z": 1, "a": 1}, {"z": 2, "a": 2}, [(("z",), 1, 2), (("a",), 1, 2)]),
    ],
)
def test_each_value_that_differs_is_told_with_its_path(
    before: Any, after: Any, changes: list[Any]
) -> None:
    assert find_changes(before, after) == tuple(Change(*change) for change in changes)
