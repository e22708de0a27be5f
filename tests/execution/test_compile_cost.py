"""Making a plan costs in proportion to the document, counted in calls of Python functions."""

import sys
from types import FrameType

import pytest
from graphql import build_schema, parse

from app.execution.planning import plan_operation
from app.execution.reasons import NotPlanned

SCHEMA = build_schema(
    """
    interface Named { name(x: Int): String self: Named }
    type A implements Named { name(x: Int): String self: Named a: A }
    type B implements Named { name(x: Int): String self: Named b: B }
    type Query { name(x: Int): String self: Query named: Named }
    """
)


def _aliases(size: int) -> str:
    return "{ " + " ".join(f"a{n}: name(x: {n})" for n in range(size)) + " }"


def _merged(size: int) -> str:
    return "{ " + " ".join(f"self {{ a{n}: name }}" for n in range(size)) + " }"


def _deep(size: int) -> str:
    depth = size // 4
    return "{ self " * depth + "{ name }" + " }" * depth


def _fragments(size: int) -> str:
    spreads = " ".join(f"...F{n}" for n in range(size))
    fragments = (
        f"fragment F{n} on Named {{ a{n}: name ... on A {{ a {{ name }} }} }}" for n in range(size)
    )
    return f"{{ named {{ {spreads} }} }} " + " ".join(fragments)


def _spread_often(size: int) -> str:
    spreads = " ".join(f"a{n}: self {{ ...F }}" for n in range(size))
    return f"{{ {spreads} }} fragment F on Query {{ name self {{ name }} }}"


def _conditions(size: int) -> str:
    fields = " ".join(f"a{n}: name @include(if: $v)" for n in range(size))
    return f"query ($v: Boolean!) {{ {fields} }}"


SHAPES = (_aliases, _merged, _deep, _fragments, _spread_often, _conditions)


def _count_calls(text: str) -> int:
    document = parse(text)
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1

    sys.setprofile(profile)
    try:
        plan = plan_operation(SCHEMA, document, None)
    finally:
        sys.setprofile(None)
    assert not isinstance(plan, NotPlanned), plan
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_plan_of_a_document_four_times_as_large_costs_four_times_as_much(shape: object) -> None:
    assert callable(shape)
    small, large = _count_calls(shape(100)), _count_calls(shape(400))

    assert large <= 5 * small
