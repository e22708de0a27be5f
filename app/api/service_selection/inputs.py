"""The service-selection graph as clients write it."""

from typing import ClassVar

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.scalars import LucideIconKey


@strawberry.input(description="What a customer reads on an answer of the graph.")
class AnswerContentInput:
    text: str = strawberry.field(description="The answer.")
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="A longer text."
    )


@strawberry.input(description="How an answer of the graph is drawn.")
class AnswerDisplayInput:
    icon: LucideIconKey | None = strawberry.field(default=strawberry.UNSET, description="An icon.")
    style: str | None = strawberry.field(
        default=strawberry.UNSET, description="A style the widget knows."
    )


@strawberry.input(description="A question asked at this point of the graph.")
class QuestionReferenceNodeInput:
    id: strawberry.ID = strawberry.field(description="Unique within the graph.")
    question_id: strawberry.ID = strawberry.field(
        description="The question.", metadata=refers_to(EntityType.BOOKING_QUESTION)
    )


@strawberry.input(description="An answer the question before it offers.")
class AnswerReferenceNodeInput:
    id: strawberry.ID = strawberry.field(description="Unique within the graph.")
    answer_content: AnswerContentInput = strawberry.field(description="What a customer reads.")
    answer_display: AnswerDisplayInput | None = strawberry.field(
        default=strawberry.UNSET, description="How it is drawn."
    )
    answer_category_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The group it is shown in.",
        metadata=refers_to(EntityType.BOOKING_ANSWER_CATEGORY),
    )


@strawberry.input(description="A service selected by reaching this point of the graph.")
class ServiceReferenceNodeInput:
    id: strawberry.ID = strawberry.field(description="Unique within the graph.")
    service_id: strawberry.ID = strawberry.field(
        description="The service.", metadata=refers_to(EntityType.BOOKING_SERVICE)
    )


@strawberry.input(one_of=True, description="A node of the graph: exactly one kind.")
class ServiceSelectionNodeInput:
    __discriminator__: ClassVar[str] = "type"

    question_reference: QuestionReferenceNodeInput | None = strawberry.field(
        default=strawberry.UNSET, description="A question."
    )
    answer_reference: AnswerReferenceNodeInput | None = strawberry.field(
        default=strawberry.UNSET, description="An answer."
    )
    service_reference: ServiceReferenceNodeInput | None = strawberry.field(
        default=strawberry.UNSET, description="A service."
    )


@strawberry.input(description="A directed connection of two nodes.")
class ServiceSelectionEdgeInput:
    id: strawberry.ID = strawberry.field(description="Unique within the graph.")
    source_node_id: strawberry.ID = strawberry.field(description="Where it starts.")
    target_node_id: strawberry.ID = strawberry.field(description="Where it leads.")


@strawberry.input(description="A whole service-selection graph.")
class ServiceSelectionGraphInput:
    root_node_id: strawberry.ID = strawberry.field(description="The first question's node.")
    nodes: list[ServiceSelectionNodeInput] = strawberry.field(description="The nodes, in order.")
    edges: list[ServiceSelectionEdgeInput] = strawberry.field(description="Their connections.")
