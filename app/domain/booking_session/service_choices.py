"""Decisions in the service-selection step: what an answer or a chosen service leads to."""

from typing import TypedDict

from app.domain.booking_session.commands import AnswerQuestion, SelectService
from app.domain.booking_session.event_types import (
    QuestionAnswerEventData,
    ServicePath,
    ServiceSelectionEventData,
)
from app.domain.booking_session.fold import SessionFold
from app.domain.problems import Problem, ProblemCode
from app.domain.service_selection.choices import (
    ChoiceProblem,
    ChosenPath,
    choose,
    retrace,
    select_service,
)
from app.domain.service_selection.graph import ServiceReferenceNode
from app.domain.service_selection.graph_index import GraphIndex
from app.domain.values import EntityId


def decide_answer(
    fold: SessionFold, answer: AnswerQuestion, graph: GraphIndex
) -> QuestionAnswerEventData | tuple[Problem, ...]:
    """Return the answer with the whole path after it, or why it cannot be given."""
    chosen = choose(
        graph,
        path=fold.service_selection_path,
        question_node_id=answer.question_node_id,
        chosen_node_id=answer.answer_node_id,
    )
    if isinstance(chosen, ChoiceProblem):
        is_question = chosen.node_id == answer.question_node_id
        return (_to_problem(chosen, "question_node_id" if is_question else "answer_node_id"),)
    return QuestionAnswerEventData(
        question_node_id=answer.question_node_id,
        answer_node_id=answer.answer_node_id,
        **_describe(chosen, graph),
    )


def decide_service(
    fold: SessionFold, selection: SelectService, graph: GraphIndex
) -> ServiceSelectionEventData | tuple[Problem, ...]:
    """Return the service chosen with the whole path after it, or why it cannot be chosen."""
    chosen = select_service(
        graph, path=fold.service_selection_path, service_node_id=selection.node_id
    )
    if isinstance(chosen, ChoiceProblem):
        return (_to_problem(chosen, "node_id"),)
    return ServiceSelectionEventData(node_id=selection.node_id, **_describe(chosen, graph))


def recover_path(path: tuple[str, ...], graph: GraphIndex) -> ServicePath:
    """Return as much of an older session's path as this graph still offers."""
    return ServicePath(**_describe(retrace(graph, path=path), graph))


class _PathFields(TypedDict):
    path: tuple[str, ...]
    service_node_id: str | None
    service_id: EntityId | None
    is_complete: bool


def _describe(chosen: ChosenPath, graph: GraphIndex) -> _PathFields:
    service = graph.nodes.get(chosen.service_node_id or "")
    return {
        "path": chosen.path,
        "service_node_id": chosen.service_node_id,
        "service_id": service.service_id if isinstance(service, ServiceReferenceNode) else None,
        "is_complete": chosen.is_complete,
    }


def _to_problem(refusal: ChoiceProblem, field: str) -> Problem:
    return Problem(code=ProblemCode(refusal.code.value), message=refusal.message, path=(field,))
