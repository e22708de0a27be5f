"""Graphs in a short notation: a node id begins with the letter of its type (q, a, s)."""

from itertools import pairwise

from app.domain.service_selection.graph import (
    AnswerContent,
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
    ServiceSelectionEdge,
    ServiceSelectionNode,
)

QUESTION_ID, SERVICE_ID, CATEGORY_ID = "0" * 24, "1" * 24, "2" * 24


def a_question(node_id: str, question_id: str = QUESTION_ID) -> QuestionReferenceNode:
    return QuestionReferenceNode(id=node_id, question_id=question_id)


def an_answer(node_id: str, category_id: str | None = None) -> AnswerReferenceNode:
    content = AnswerContent(text=node_id)
    return AnswerReferenceNode(id=node_id, answer_content=content, answer_category_id=category_id)


def a_service(node_id: str, service_id: str = SERVICE_ID) -> ServiceReferenceNode:
    return ServiceReferenceNode(id=node_id, service_id=service_id)


def a_node(node_id: str) -> ServiceSelectionNode:
    match node_id[0]:
        case "q":
            return a_question(node_id)
        case "a":
            return an_answer(node_id)
        case "s":
            return a_service(node_id)
        case _:
            raise ValueError(node_id)


def an_edge(edge_id: str, source: str, target: str) -> ServiceSelectionEdge:
    return ServiceSelectionEdge(id=edge_id, source_node_id=source, target_node_id=target)


def a_graph(nodes: str, *edges: str, root: str = "q1") -> ServiceGraph:
    """Read `a_graph("q1 a1 s1", "q1 a1 s1")`: nodes in order; edges e1, e2 … along each chain."""
    ends = [pair for chain in edges for pair in pairwise(chain.split())]
    return ServiceGraph(
        root_node_id=root,
        nodes=tuple(a_node(node_id) for node_id in nodes.split()),
        edges=tuple(an_edge(f"e{number}", *pair) for number, pair in enumerate(ends, start=1)),
    )


VALID_NODES = "q1 a1 a2 s1 s2"
VALID_EDGES = ("q1 a1 s1", "q1 a2 s2")


def a_valid_graph_and(nodes: str = "", *edges: str) -> ServiceGraph:
    """Two answers with a service each (edges e1 to e4), and whatever is added (from e5 on)."""
    return a_graph(f"{VALID_NODES} {nodes}", *VALID_EDGES, *edges)


def a_chain_of_diamonds(count: int) -> ServiceGraph:
    """`count` questions with two answers each that meet again, then a service: 2^count paths."""
    nodes: list[str] = []
    edges: list[str] = []
    for number in range(1, count + 1):
        below = f"q{number + 1}" if number < count else "s"
        nodes += [f"q{number}", f"a{number}l", f"a{number}r"]
        edges += [f"q{number} a{number}l {below}", f"q{number} a{number}r {below}"]
    return a_graph(" ".join([*nodes, "s"]), *edges)


def a_deep_chain(questions: int) -> ServiceGraph:
    """One question below the other, each with a single answer, and a service at the end."""
    nodes = [f"{kind}{number}" for number in range(1, questions + 1) for kind in "qa"]
    return a_graph(" ".join([*nodes, "s"]), " ".join([*nodes, "s"]))


def a_wide_graph(answers: int) -> ServiceGraph:
    """One question with that many answers, each with a service of its own."""
    below = [f"a{number} s{number}" for number in range(answers)]
    return a_graph(" ".join(["q1", *below]), *(f"q1 {pair}" for pair in below))
