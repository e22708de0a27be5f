"""Each rule of the graph by itself, and what the report as a whole promises."""

import pytest

from app.domain.service_selection.graph import ServiceGraph
from app.domain.service_selection.problems import (
    GraphProblem,
    KnownReferences,
    ProblemCode,
    find_problems,
)
from app.domain.severity import Severity
from tests.domain.service_selection.builders import (
    CATEGORY_ID,
    QUESTION_ID,
    SERVICE_ID,
    a_chain_of_diamonds,
    a_deep_chain,
    a_graph,
    a_node,
    a_question,
    a_service,
    a_valid_graph_and,
    an_answer,
    an_edge,
)

Brief = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def brief(problem: GraphProblem) -> Brief:
    return problem.code.value, problem.node_ids, problem.edge_ids, problem.path


def problems_of(graph: ServiceGraph) -> list[Brief]:
    return [brief(problem) for problem in find_problems(graph, references=None)]


def replace(graph: ServiceGraph, **changes: object) -> ServiceGraph:
    return graph.model_copy(update=changes)


VALID = a_valid_graph_and()

CASES: dict[str, tuple[ServiceGraph, list[Brief]]] = {
    "valid": (VALID, []),
    "empty graph": (
        ServiceGraph(root_node_id="q1"),
        [("ROOT_MISSING", (), (), ())],
    ),
    "two nodes with one id": (
        replace(VALID, nodes=(*VALID.nodes, a_node("s1"), a_node("s1"))),
        [("DUPLICATE_NODE_ID", ("s1",), (), ())],
    ),
    "two edges with one id": (
        replace(
            a_valid_graph_and("s3"),
            edges=(*VALID.edges, an_edge("e1", "q1", "s3")),
        ),
        [("DUPLICATE_EDGE_ID", (), ("e1",), ())],
    ),
    "two edges between the same nodes": (
        a_valid_graph_and("", "a1 s1"),
        [("DUPLICATE_EDGE", (), ("e2", "e5"), ())],
    ),
    "an edge into nowhere": (
        a_valid_graph_and("", "a1 s9"),
        [("DANGLING_EDGE", (), ("e5",), ())],
    ),
    "an edge out of nowhere": (
        a_valid_graph_and("", "a9 s1"),
        [("DANGLING_EDGE", (), ("e5",), ())],
    ),
    "an edge back to its node": (
        a_valid_graph_and("", "a1 a1"),
        [("SELF_LOOP", (), ("e5",), ())],
    ),
    "an answer with two next nodes": (
        a_valid_graph_and("", "a1 s2"),
        [("AMBIGUOUS_NEXT", ("a1",), ("e2", "e5"), ())],
    ),
    "a service with two next nodes": (
        a_graph(
            "q1 s1 s2 q2 a3 a4 q3 a5 a6",
            *("q1 s1", "q1 s2", "s1 q2 a3", "q2 a4", "s1 q3 a5", "q3 a6"),
        ),
        [("AMBIGUOUS_NEXT", ("s1",), ("e3", "e6"), ())],
    ),
    "a root that is no node": (
        replace(VALID, root_node_id="q9"),
        [("ROOT_MISSING", (), (), ())],
    ),
    "a root that is no question": (
        a_graph("a1 q2 s1 s2", "a1 q2 s1", "q2 s2", root="a1"),
        [("ROOT_NOT_QUESTION", ("a1",), (), ())],
    ),
    "an edge into the root": (
        a_valid_graph_and("a9", "a9 q1"),
        [("ROOT_HAS_PARENT", (), ("e5",), ()), ("UNREACHABLE_NODE", ("a9",), (), ())],
    ),
    "further roots and what only they lead to": (
        a_valid_graph_and("q2 q3 s3", "q2 s1", "q2 s3", "q3 s1", "q3 s2"),
        [
            ("MULTIPLE_ROOTS", ("q2", "q3"), (), ()),
            ("UNREACHABLE_NODE", ("s3",), (), ()),
        ],
    ),
    "an answer that no question offers": (
        a_valid_graph_and("a3", "a3 s1"),
        [("UNREACHABLE_NODE", ("a3",), (), ())],
    ),
    "two cycles, one of them out of reach": (
        a_valid_graph_and(
            "a3 q2 a4 a5 s3 q6 a6 q7 a7",
            *("q1 a3 q2 a4 q2 s3", "q2 a5 q2", "q6 a6 q7 a7 q6", "q6 s3", "q7 s3"),
        ),
        [
            ("CYCLE", ("q2", "a4", "a5"), (), ("q2", "a4", "q2")),
            ("UNREACHABLE_NODE", ("q6",), (), ()),
            ("CYCLE", ("q6", "a6", "q7", "a7"), (), ("q6", "a6", "q7", "a7", "q6")),
            ("UNREACHABLE_NODE", ("a6",), (), ()),
            ("UNREACHABLE_NODE", ("q7",), (), ()),
            ("UNREACHABLE_NODE", ("a7",), (), ()),
        ],
    ),
    "paths without a service": (
        a_valid_graph_and("a3 q2 a4 a5", "q1 a3 q2 a4", "q2 a5"),
        [("PATH_WITHOUT_SERVICE", ("a4", "a5"), (), ("q1", "a3", "q2", "a4"))],
    ),
    "a path with two services": (
        a_valid_graph_and("q2 a3 s3", "s1 q2 a3", "q2 s3"),
        [
            (
                "PATH_WITH_MULTIPLE_SERVICES",
                ("s3",),
                (),
                ("q1", "a1", "s1", "q2", "s3"),
            )
        ],
    ),
    "a question without answers": (
        a_valid_graph_and("q2", "s1 q2"),
        [("QUESTION_WITHOUT_ANSWERS", ("q2",), (), ())],
    ),
    "a lone question": (
        a_graph("q1"),
        [
            ("PATH_WITHOUT_SERVICE", ("q1",), (), ("q1",)),
            ("QUESTION_WITHOUT_ANSWERS", ("q1",), (), ()),
        ],
    ),
    "a question with one option": (
        a_graph("q1 s1", "q1 s1"),
        [("SINGLE_ANSWER_QUESTION", ("q1",), (), ())],
    ),
}


@pytest.mark.parametrize(("graph", "expected"), CASES.values(), ids=CASES.keys())
def test_each_broken_rule_is_reported_with_what_it_concerns(
    graph: ServiceGraph, expected: list[Brief]
) -> None:
    assert problems_of(graph) == expected


@pytest.mark.parametrize("source", "qas")
@pytest.mark.parametrize("target", "qas")
def test_only_five_pairs_of_types_may_be_joined(source: str, target: str) -> None:
    graph = a_graph(f"{source}1 {target}2", f"{source}1 {target}2", root=f"{source}1")
    is_illegal = "ILLEGAL_EDGE" in [code for code, *_ in problems_of(graph)]
    assert is_illegal == (source + target not in {"qa", "qs", "aq", "as", "sq"})


def test_references_are_unknown_unsynced_or_fine() -> None:
    graph = ServiceGraph(
        root_node_id="q1",
        nodes=(
            a_question("q1"),
            a_question("q2", question_id="f" * 24),
            an_answer("a1", CATEGORY_ID),
            an_answer("a2", "f" * 24),
            a_service("s1"),
            a_service("s2", service_id="e" * 24),
            a_service("s3", service_id="f" * 24),
        ),
    )
    known = KnownReferences(
        question_ids=frozenset({QUESTION_ID}),
        synced_service_ids=frozenset({SERVICE_ID}),
        unsynced_service_ids=frozenset({"e" * 24}),
        category_ids=frozenset({CATEGORY_ID}),
    )
    codes = {
        ProblemCode.UNKNOWN_QUESTION,
        ProblemCode.UNKNOWN_SERVICE,
        ProblemCode.UNKNOWN_CATEGORY,
        ProblemCode.SERVICE_NOT_SYNCED,
    }
    found = find_problems(graph, references=known)
    assert [(each.code.value, each.node_ids) for each in found if each.code in codes] == [
        ("UNKNOWN_QUESTION", ("q2",)),
        ("UNKNOWN_CATEGORY", ("a2",)),
        ("SERVICE_NOT_SYNCED", ("s2",)),
        ("UNKNOWN_SERVICE", ("s3",)),
    ]
    assert not codes & {each.code for each in find_problems(graph, references=None)}


def test_only_two_codes_are_warnings() -> None:
    graph = a_graph("q1 s1 q2", "q1 s1 q2")
    known = KnownReferences(
        question_ids=frozenset({QUESTION_ID}), unsynced_service_ids=frozenset({SERVICE_ID})
    )
    assert [
        (each.code.value, each.severity) for each in find_problems(graph, references=known)
    ] == [
        ("SINGLE_ANSWER_QUESTION", Severity.WARNING),
        ("SERVICE_NOT_SYNCED", Severity.WARNING),
        ("QUESTION_WITHOUT_ANSWERS", Severity.ERROR),
    ]


def test_problems_come_in_node_order_and_those_of_no_node_first() -> None:
    graph = a_graph("s9 a1 q1", "q1 a1 a1", "q1 q7", "q7 q8")
    assert problems_of(graph) == [
        ("DANGLING_EDGE", (), ("e4",), ()),
        ("UNREACHABLE_NODE", ("s9",), (), ()),
        ("SELF_LOOP", (), ("e2",), ()),
        ("DANGLING_EDGE", (), ("e3",), ()),
        ("SINGLE_ANSWER_QUESTION", ("q1",), (), ()),
    ]


def test_paths_beside_a_cycle_are_still_judged() -> None:
    graph = a_graph("q1 a1 q2 a2 a3 s1 s2", "q1 a1 q2 a2 q2", "q2 a3", "q1 s1", "q2 s2")
    assert problems_of(graph) == [
        ("CYCLE", ("q2", "a2"), (), ("q2", "a2", "q2")),
        ("PATH_WITHOUT_SERVICE", ("a3",), (), ("q1", "a1", "q2", "a3")),
    ]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("a3 a9", id="dangling edge"),
        pytest.param("a3 a1", id="illegal edge"),
        pytest.param("a3 a3", id="self-loop"),
    ],
)
def test_a_path_is_not_judged_beyond_a_faulty_edge(fault: str) -> None:
    codes = {code for code, *_ in problems_of(a_valid_graph_and("a3", "q1 a3", fault))}
    assert len(codes) == 1
    assert not codes & {"PATH_WITHOUT_SERVICE", "PATH_WITH_MULTIPLE_SERVICES"}


def test_a_message_names_the_ids_and_stays_short() -> None:
    (dangling,) = find_problems(a_valid_graph_and("", "a1 s9"), references=None)
    assert dangling.message == "Edge “e5” from “a1” to “s9” has no node at its target."
    cycle = find_problems(
        a_valid_graph_and(
            " ".join(f"q{n} a{n}" for n in range(10, 500)),
            " ".join(["q1", "a10"] + [f"q{n} a{n}" for n in range(11, 500)] + ["q10", "a10"]),
        ),
        references=None,
    )
    (message,) = (each.message for each in cycle if each.code is ProblemCode.CYCLE)
    assert message == (
        "The customer could go in circles: "
        "q10 → a10 → q11 → a11 → q12 → … → q498 → a498 → q499 → a499 → q10."
    )


def test_fifty_diamonds_in_a_row_are_judged_without_listing_their_paths() -> None:
    graph = a_chain_of_diamonds(50)
    assert problems_of(graph) == []
    without_service = replace(
        graph,
        nodes=graph.nodes[:-1],
        edges=tuple(edge for edge in graph.edges if edge.target_node_id != "s"),
    )
    ((code, terminals, _, path),) = problems_of(without_service)
    assert (code, terminals, len(path)) == ("PATH_WITHOUT_SERVICE", ("a50l", "a50r"), 100)


def test_a_graph_a_hundred_thousand_nodes_deep_is_judged_without_recursion() -> None:
    graph = a_deep_chain(questions=50_000)
    found = find_problems(graph, references=None)
    assert {each.code for each in found} == {ProblemCode.SINGLE_ANSWER_QUESTION}
    looped = replace(graph, edges=(*graph.edges, an_edge("back", "s", "q1")))
    (cycle,) = (
        each for each in find_problems(looped, references=None) if each.code is ProblemCode.CYCLE
    )
    assert len(cycle.path) == 100_002
