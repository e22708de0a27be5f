"""The cost of finding problems and progress grows with the graph and no faster."""

import time
from collections.abc import Callable

import pytest

from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.problems import find_problems
from app.domain.service_selection.progress import find_progress, index_graph
from tests.domain.service_selection.builders import (
    a_chain_of_diamonds,
    a_deep_chain,
    a_wide_graph,
)

# A quadratic pass anywhere would make the time per node a hundred times as long; a crowded machine
# and a cold cache make it a few times as long.
GENEROUS_RATIO = 25


def measure_seconds_per_node(size: int, act: Callable[[], object], runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        begin = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - begin)
    return best / size


@pytest.mark.parametrize(
    ("build", "nodes_per_unit"), [(a_wide_graph, 2), (a_deep_chain, 2), (a_chain_of_diamonds, 3)]
)
def test_finding_problems_takes_the_same_time_per_node_at_any_size(
    build: Callable[[int], ServiceGraph], nodes_per_unit: int
) -> None:
    small, large = build(1_000 // nodes_per_unit), build(100_000 // nodes_per_unit)
    per_node_small = measure_seconds_per_node(
        len(small.nodes), lambda: find_problems(small, references=None), runs=10
    )
    per_node_large = measure_seconds_per_node(
        len(large.nodes), lambda: find_problems(large, references=None), runs=2
    )
    assert per_node_large < GENEROUS_RATIO * per_node_small


def test_finding_progress_takes_the_same_time_per_choice_at_any_depth() -> None:
    def measure(questions: int, runs: int) -> float:
        index = index_graph(a_deep_chain(questions))
        choices = [f"a{number}" for number in range(1, questions + 1)]
        return measure_seconds_per_node(
            questions, lambda: find_progress(index, choices=choices), runs=runs
        )

    assert measure(50_000, runs=2) < GENEROUS_RATIO * measure(500, runs=10)
