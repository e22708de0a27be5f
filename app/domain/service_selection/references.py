"""What a graph refers to outside of itself, and whether that exists."""

from collections.abc import Iterator

from app.domain.service_selection.findings import Finding, make_finding
from app.domain.service_selection.graph import (
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
    ServiceSelectionNode,
)
from app.domain.service_selection.numbered import NumberedGraph
from app.domain.service_selection.problem import ProblemCode
from app.domain.values import EntityId, Value

_EXPLANATIONS = {
    ProblemCode.UNKNOWN_QUESTION: "refers to a question that does not exist",
    ProblemCode.UNKNOWN_SERVICE: "refers to a service that does not exist",
    ProblemCode.UNKNOWN_CATEGORY: "refers to an answer category that does not exist",
    ProblemCode.SERVICE_NOT_SYNCED: "refers to a service that is not synced with the vendor",
}


class GraphReferences(Value):
    """The ids of all entities a graph refers to, by kind, so each kind is loaded in one batch."""

    question_ids: frozenset[EntityId]
    service_ids: frozenset[EntityId]
    category_ids: frozenset[EntityId]


class KnownReferences(Value):
    """The entities that exist, undeleted, in the organization the graph belongs to."""

    question_ids: frozenset[EntityId] = frozenset()
    synced_service_ids: frozenset[EntityId] = frozenset()
    unsynced_service_ids: frozenset[EntityId] = frozenset()
    category_ids: frozenset[EntityId] = frozenset()


def collect_references(graph: ServiceGraph) -> GraphReferences:
    """Return every entity id the nodes of `graph` hold."""
    questions: set[EntityId] = set()
    services: set[EntityId] = set()
    categories: set[EntityId] = set()
    for node in graph.nodes:
        match node:
            case QuestionReferenceNode():
                questions.add(node.question_id)
            case ServiceReferenceNode():
                services.add(node.service_id)
            case AnswerReferenceNode():
                if node.answer_category_id is not None:
                    categories.add(node.answer_category_id)
    return GraphReferences(
        question_ids=frozenset(questions),
        service_ids=frozenset(services),
        category_ids=frozenset(categories),
    )


def find_reference_problems(
    graph: ServiceGraph, numbered: NumberedGraph, known: KnownReferences
) -> Iterator[Finding]:
    """Yield the nodes that refer to nothing known, or to a service not synced with the vendor."""
    for node, place in zip(graph.nodes, numbered.places, strict=True):
        match node:
            case QuestionReferenceNode():
                if node.question_id not in known.question_ids:
                    yield _report(ProblemCode.UNKNOWN_QUESTION, node, place)
            case ServiceReferenceNode():
                if node.service_id in known.unsynced_service_ids:
                    yield _report(ProblemCode.SERVICE_NOT_SYNCED, node, place)
                elif node.service_id not in known.synced_service_ids:
                    yield _report(ProblemCode.UNKNOWN_SERVICE, node, place)
            case AnswerReferenceNode():
                category_id = node.answer_category_id
                if category_id is not None and category_id not in known.category_ids:
                    yield _report(ProblemCode.UNKNOWN_CATEGORY, node, place)


def _report(code: ProblemCode, node: ServiceSelectionNode, place: int) -> Finding:
    message = f"Node “{node.id}” {_EXPLANATIONS[code]}."
    return make_finding(code, message, node=place, node_ids=(node.id,))
