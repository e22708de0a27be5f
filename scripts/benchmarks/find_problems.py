"""How long `find_problems` takes as graphs grow: `python -m scripts.benchmarks.find_problems`.

Three shapes, each valid: *wide* (one question with answers that each lead to a service), *deep*
(one chain of questions and answers), *diamond* (a chain of questions with two answers each, so 2^50
paths at a few hundred nodes). Prints the best of several runs: milliseconds, time per node, and the
ratio of time per node between the slowest and the fastest of the sizes.

Time is that of the process on a processor, and the sizes take turns, so that what else the machine
does slows all of them down or none.
"""

import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from app.domain.service_selection.graph import (
    AnswerContent,
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
    ServiceSelectionEdge,
    ServiceSelectionNode,
)
from app.domain.service_selection.problems import KnownReferences, find_problems

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5
RUNS = {1_000: 20, 10_000: 4, 100_000: 1}
"""How often each size is measured in one round."""

QUESTION_ID, SERVICE_ID = "0" * 24, "1" * 24
REFERENCES = KnownReferences(
    question_ids=frozenset({QUESTION_ID}), synced_service_ids=frozenset({SERVICE_ID})
)


def a_question(number: int) -> QuestionReferenceNode:
    return QuestionReferenceNode(id=f"q{number}", question_id=QUESTION_ID)


def an_answer(number: int) -> AnswerReferenceNode:
    return AnswerReferenceNode(id=f"a{number}", answer_content=AnswerContent(text="Yes"))


def a_service(number: int) -> ServiceReferenceNode:
    return ServiceReferenceNode(id=f"s{number}", service_id=SERVICE_ID)


def a_graph(nodes: list[ServiceSelectionNode], ends: list[tuple[str, str]]) -> ServiceGraph:
    edges = tuple(
        ServiceSelectionEdge(id=f"e{number}", source_node_id=source, target_node_id=target)
        for number, (source, target) in enumerate(ends)
    )
    return ServiceGraph(root_node_id="q0", nodes=tuple(nodes), edges=edges)


def build_wide(size: int) -> ServiceGraph:
    nodes: list[ServiceSelectionNode] = [a_question(0)]
    ends: list[tuple[str, str]] = []
    for number in range(size // 2):
        nodes += [an_answer(number), a_service(number)]
        ends += [("q0", f"a{number}"), (f"a{number}", f"s{number}")]
    return a_graph(nodes, ends)


def build_deep(size: int) -> ServiceGraph:
    nodes: list[ServiceSelectionNode] = []
    ends: list[tuple[str, str]] = []
    for number in range(size // 2):
        nodes += [a_question(number), an_answer(number)]
        ends += [(f"q{number}", f"a{number}"), (f"a{number}", f"q{number + 1}")]
    return a_graph([*nodes, a_service(0)], [*ends[:-1], (ends[-1][0], "s0")])


def build_diamond(size: int) -> ServiceGraph:
    nodes: list[ServiceSelectionNode] = []
    ends: list[tuple[str, str]] = []
    count = size // 3
    for number in range(count):
        left, right = 2 * number, 2 * number + 1
        nodes += [a_question(number), an_answer(left), an_answer(right)]
        below = f"q{number + 1}" if number + 1 < count else "s0"
        ends += [(f"q{number}", f"a{left}"), (f"q{number}", f"a{right}")]
        ends += [(f"a{left}", below), (f"a{right}", below)]
    return a_graph([*nodes, a_service(0)], ends)


SHAPES: dict[str, Callable[[int], ServiceGraph]] = {
    "wide": build_wide,
    "deep": build_deep,
    "diamond": build_diamond,
}


def measure_seconds(graph: ServiceGraph) -> float:
    begin = time.process_time()
    find_problems(graph, references=REFERENCES)
    return time.process_time() - begin


def measure_best(graphs: dict[int, ServiceGraph]) -> dict[int, float]:
    """Return the fewest seconds each graph took, by its size."""
    best = dict.fromkeys(graphs, float("inf"))
    for _ in range(ROUNDS):
        for size, graph in graphs.items():
            best[size] = min([best[size], *(measure_seconds(graph) for _ in range(RUNS[size]))])
    return best


def main() -> None:
    table = Table("shape", "nodes", "edges", "ms", "µs per node", "ratio")
    for shape, build in SHAPES.items():
        graphs = {size: build(size) for size in SIZES}
        seconds = measure_best(graphs)
        per_node = {size: seconds[size] / len(graphs[size].nodes) * 1e6 for size in SIZES}
        for size, graph in graphs.items():
            is_last = size == SIZES[-1]
            table.add_row(
                shape,
                f"{len(graph.nodes):,}",
                f"{len(graph.edges):,}",
                f"{seconds[size] * 1000:.2f}",
                f"{per_node[size]:.2f}",
                f"{max(per_node.values()) / min(per_node.values()):.2f}" if is_last else "",
                end_section=is_last,
            )
    Console().print(table)


if __name__ == "__main__":
    main()
