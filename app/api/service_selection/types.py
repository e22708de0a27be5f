"""The service-selection graph as clients read it."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

import strawberry

from app.api.booking_questions.types import (
    BookingAnswerCategory,
    BookingQuestion,
    load_category,
    load_service,
)
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.scalars import LucideIconKey
from app.api.service_selection.enums import NodeType
from app.domain.service_selection import graph as domain
from app.domain.values import EntityId
from app.execution.loaded import loaded
from app.loaders.base import OwnedId, owned


@strawberry.interface(description="A node of the service-selection graph.")
class ServiceSelectionNodeBase:
    id: strawberry.ID = strawberry.field(
        description="Chosen by the editor, unique within the graph; not a global id."
    )
    type: NodeType = strawberry.field(description="What the node stands for.")


@strawberry.type(description="A question asked at this point of the graph.")
class QuestionReferenceNode(ServiceSelectionNodeBase):
    question_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The question; null when it was deleted.")
    def question(self, info: Info) -> BookingQuestion | None:
        return load_question(info, self.question_id)


def load_question(info: Info, question_id: OwnedId) -> BookingQuestion | None:
    """Return the question through the request's loader, or None when it is gone."""
    return loaded(
        info.context.loaders.questions,
        question_id,
        lambda found: None if found is None else BookingQuestion.from_document(found),
    )


@strawberry.type(description="What a customer reads on an answer of the graph.")
class AnswerContent:
    text: str = strawberry.field(description="The answer.")
    description: str | None = strawberry.field(description="A longer text.")


@strawberry.type(description="How an answer of the graph is drawn.")
class AnswerDisplay:
    icon: LucideIconKey | None = strawberry.field(description="An icon.")
    style: str | None = strawberry.field(description="A style the widget knows.")


@strawberry.type(description="An answer the question before it offers.")
class AnswerReferenceNode(ServiceSelectionNodeBase):
    answer_content: AnswerContent = strawberry.field(description="What a customer reads.")
    answer_display: AnswerDisplay | None = strawberry.field(description="How it is drawn.")
    category_id: strawberry.Private[OwnedId | None]

    @strawberry.field(description="The group it is shown in; null for none.")
    def category(self, info: Info) -> BookingAnswerCategory | None:
        return load_category(info, self.category_id)


@strawberry.type(description="A service selected by reaching this point of the graph.")
class ServiceReferenceNode(ServiceSelectionNodeBase):
    service_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The service; null when it was deleted.")
    def service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)


ServiceSelectionNode: TypeAlias = Annotated[
    QuestionReferenceNode | AnswerReferenceNode | ServiceReferenceNode,
    strawberry.union("ServiceSelectionNode", description="A node of the service-selection graph."),
]


@strawberry.type(description="A directed connection of two nodes.")
class ServiceSelectionEdge:
    id: strawberry.ID = strawberry.field(
        description="Chosen by the editor, unique within the graph; not a global id."
    )
    source_node_id: strawberry.ID = strawberry.field(description="Where it starts.")
    target_node_id: strawberry.ID = strawberry.field(description="Where it leads.")


def to_ids(texts: Iterable[str]) -> list[strawberry.ID]:
    """Return graph element ids in the schema's type."""
    return [strawberry.ID(text) for text in texts]


def to_node(
    node: domain.ServiceSelectionNode, *, organization_id: EntityId
) -> QuestionReferenceNode | AnswerReferenceNode | ServiceReferenceNode:
    """Return the node in the schema's type."""
    node_id = strawberry.ID(node.id)
    match node:
        case domain.QuestionReferenceNode():
            return QuestionReferenceNode(
                id=node_id,
                type=node.type,
                question_id=OwnedId(organization_id, node.question_id),
            )
        case domain.AnswerReferenceNode():
            return _to_answer_node(node, organization_id=organization_id)
        case domain.ServiceReferenceNode():
            return ServiceReferenceNode(
                id=node_id, type=node.type, service_id=OwnedId(organization_id, node.service_id)
            )


def _to_answer_node(
    node: domain.AnswerReferenceNode, *, organization_id: EntityId
) -> AnswerReferenceNode:
    display = node.answer_display
    return AnswerReferenceNode(
        id=strawberry.ID(node.id),
        type=node.type,
        answer_content=AnswerContent(
            text=node.answer_content.text, description=node.answer_content.description
        ),
        answer_display=None
        if display is None
        else AnswerDisplay(
            icon=None if display.icon is None else LucideIconKey(display.icon),
            style=display.style,
        ),
        category_id=owned(organization_id, node.answer_category_id),
    )


def to_edge(edge: domain.ServiceSelectionEdge) -> ServiceSelectionEdge:
    """Return the edge in the schema's type."""
    return ServiceSelectionEdge(
        id=strawberry.ID(edge.id),
        source_node_id=strawberry.ID(edge.source_node_id),
        target_node_id=strawberry.ID(edge.target_node_id),
    )
