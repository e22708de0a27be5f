"""Growing a graph by a stored question and its answers."""

from collections.abc import Iterator, Sequence

from app.domain.questions import (
    AnswerInQuestion,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.service_selection.graph import (
    AnswerContent,
    AnswerDisplay,
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
    ServiceSelectionEdge,
    ServiceSelectionNode,
)
from app.domain.values import EntityId

MAX_NODE_ID_LENGTH = 80
"""Of a question added this way: its answers' ids are made of its own."""


def add_question(
    graph: ServiceGraph,
    *,
    question_id: EntityId,
    answers: Sequence[AnswerInQuestion],
    node_id: str,
    parent_node_id: str | None,
) -> ServiceGraph:
    """Return `graph` with a node for the question, one per answer, and the edges between them.

    An answer that names a service becomes a service node, which the question leads to directly. An
    edge leads from `parent_node_id` to the question; without one, the question is the root of a
    graph that had no nodes. New ids are made of `node_id` and are unlike any in the graph.
    """
    taken = {element.id for element in (*graph.nodes, *graph.edges)}
    root = _make_id(node_id, taken)
    nodes: list[ServiceSelectionNode] = [QuestionReferenceNode(id=root, question_id=question_id)]
    ends: list[tuple[str, str]] = []
    if parent_node_id is not None:
        ends.append((parent_node_id, root))
    for position, answer in enumerate(answers, start=1):
        option = _make_id(f"{root}-{position}", taken)
        nodes.append(_to_node(answer, option))
        ends.append((root, option))
    edges = [
        ServiceSelectionEdge(
            id=_make_id(f"{root}-edge-{number}", taken),
            source_node_id=source,
            target_node_id=target,
        )
        for number, (source, target) in enumerate(ends, start=1)
    ]
    return ServiceGraph(
        root_node_id=graph.root_node_id if graph.nodes else root,
        nodes=(*graph.nodes, *nodes),
        edges=(*graph.edges, *edges),
    )


def _to_node(answer: AnswerInQuestion, node_id: str) -> ServiceSelectionNode:
    match answer:
        case ServiceReferenceAnswerContent():
            return ServiceReferenceNode(id=node_id, service_id=answer.service_id)
        case PlainTextAnswerContent():
            content = answer.content
            return AnswerReferenceNode(
                id=node_id,
                answer_content=AnswerContent(text=content.title, description=content.description),
                answer_display=AnswerDisplay(icon=content.icon) if content.icon else None,
                answer_category_id=answer.category_id,
            )


def _make_id(wanted: str, taken: set[str]) -> str:
    """Return `wanted`, or `wanted` with the first number that makes it unlike any id taken."""
    chosen = next(each for each in _candidates(wanted) if each not in taken)
    taken.add(chosen)
    return chosen


def _candidates(wanted: str) -> Iterator[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted}-{number}"
        number += 1
