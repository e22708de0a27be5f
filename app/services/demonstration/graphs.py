"""From outlines to the graph of a service selection step."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

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
from app.services.demonstration.outlines import AnswerOutline, QuestionOutline, ServiceOption, Trade
from app.services.demonstration.questionnaire import QUESTIONS, SERVICES
from app.services.organizations import slugify

_QUESTIONS = {question.key: question for question in QUESTIONS}
_SERVICES = {service.key: service for service in SERVICES}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """The ids of what is stored of the outlines, by their keys."""

    service_ids: Mapping[str, EntityId]
    question_ids: Mapping[str, EntityId]
    category_ids: Mapping[Trade, EntityId]


def build_graph(first_question: QuestionOutline, *, stored: StoredContent) -> ServiceGraph:
    """Return the graph of everything `first_question` leads to, nearest nodes first.

    What several answers lead to is one node with several parents.
    """
    builder = _Builder(stored=stored, nodes=[], edges=[], waiting=deque(), known=set())
    builder.reach(first_question.key)
    while builder.waiting:
        builder.expand(builder.waiting.popleft())
    return ServiceGraph(
        root_node_id=first_question.key,
        nodes=tuple(builder.nodes),
        edges=tuple(builder.edges),
    )


@dataclass(slots=True)
class _Builder:
    stored: StoredContent
    nodes: list[ServiceSelectionNode]
    edges: list[ServiceSelectionEdge]
    waiting: deque[str]
    known: set[str]

    def reach(self, key: str) -> None:
        if key not in self.known:
            self.known.add(key)
            self.waiting.append(key)

    def expand(self, key: str) -> None:
        question = _QUESTIONS.get(key)
        if question is not None:
            self._add_question(question)
            return
        service = _SERVICES[key]
        self.nodes.append(ServiceReferenceNode(id=key, service_id=self.stored.service_ids[key]))
        if service.asks is not None:
            self._connect(key, service.asks)
            self.reach(service.asks)

    def _add_question(self, question: QuestionOutline) -> None:
        question_id = self.stored.question_ids[question.key]
        self.nodes.append(QuestionReferenceNode(id=question.key, question_id=question_id))
        for option in question.options:
            match option:
                case ServiceOption():
                    self._connect(question.key, option.service)
                    self.reach(option.service)
                case AnswerOutline():
                    self._add_answer(question, option)

    def _add_answer(self, question: QuestionOutline, answer: AnswerOutline) -> None:
        node_id = f"{question.key}.{slugify(answer.text)}"
        display = None if answer.icon is None else AnswerDisplay(icon=answer.icon)
        category_id = None if answer.trade is None else self.stored.category_ids[answer.trade]
        self.nodes.append(
            AnswerReferenceNode(
                id=node_id,
                answer_content=AnswerContent(text=answer.text),
                answer_display=display,
                answer_category_id=category_id,
            )
        )
        self._connect(question.key, node_id)
        if answer.leads_to is not None:
            self._connect(node_id, answer.leads_to)
            self.reach(answer.leads_to)

    def _connect(self, source: str, target: str) -> None:
        edge_id = f"edge-{len(self.edges) + 1}"
        self.edges.append(
            ServiceSelectionEdge(id=edge_id, source_node_id=source, target_node_id=target)
        )
