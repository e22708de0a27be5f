"""Documents made to exhaust the server are refused, at about the cost of reading a large one."""

import time
from collections.abc import Callable
from functools import partial

import pytest
from graphql import parse

from app.api.document_cache import PreparedDocument, _prepare
from app.api.limits.measuring import measure
from app.api.schema import schema
from app.transport.errors import to_client_error
from tests.api.limits.attacks import ATTACKS, shared_fragments
from tests.contract.journey import load_operations

WIDGET_BOOT = load_operations("widget.graphql")["WidgetBoot"]
MOST_TIMES_WIDGET_BOOT = 16
"""Measured: at most 7 times, whatever the size of the attack."""


def read(query: str) -> PreparedDocument:
    """Read a document as if it were new."""
    return _prepare(schema._schema, query)


def cpu_seconds(action: Callable[[], object]) -> float:
    """Return the least processor time of three runs."""
    times = []
    for _ in range(3):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_with_its_code(name: str) -> None:
    build, size, code = ATTACKS[name]

    errors = read(build(size)).errors

    shown = [to_client_error(error, request_id="test", executed=False) for error in errors]
    assert code in {error["extensions"]["code"] for error in shown}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_costs_no_more_than_some_documents_of_the_widget(name: str) -> None:
    build, size, _ = ATTACKS[name]
    read(WIDGET_BOOT)
    boot = cpu_seconds(lambda: read(WIDGET_BOOT))

    for query in (build(size), build(2 * size)):
        assert cpu_seconds(partial(read, query)) < MOST_TIMES_WIDGET_BOOT * boot


def test_measuring_is_linear_in_fragment_spreads() -> None:
    small, large = (parse(shared_fragments(levels=20, spreads=n)) for n in (100, 400))

    fast = cpu_seconds(lambda: measure(schema._schema, small))
    slow = cpu_seconds(lambda: measure(schema._schema, large))

    # 100^20 and 400^20 selections when written out.
    assert slow < 10 * fast


def test_cost_formula_is_evaluated_once_for_each_fragment() -> None:
    operation = measure(schema._schema, parse(shared_fragments(levels=20, spreads=100)))
    cost = operation.operations[None]

    assert cost.evaluate({"n": 2}) == 10**9
    assert cpu_seconds(lambda: cost.evaluate({"n": 100})) < cpu_seconds(lambda: read(WIDGET_BOOT))
