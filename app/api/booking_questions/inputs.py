"""Questions, answers and answer categories as clients write them."""

from typing import ClassVar

import strawberry

from app.api.content import ContentConfigInput
from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.scalars import LucideIconKey


@strawberry.input(description="A new answer category.")
class CreateBookingAnswerCategoryInput:
    title: str = strawberry.field(description="The heading.")
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="What the group is for."
    )
    icon: LucideIconKey | None = strawberry.field(
        default=strawberry.UNSET, description="An icon beside the heading."
    )


@strawberry.input(description="What a customer reads of a question.")
class QuestionContentInput:
    title: str = strawberry.field(description="The question.")
    unique_name: str = strawberry.field(
        description="The name its editors know it by, unique within the organization."
    )
    help_text: str | None = strawberry.field(
        default=strawberry.UNSET, description="A hint below the question."
    )
    icon: LucideIconKey | None = strawberry.field(
        default=strawberry.UNSET, description="An icon beside the question."
    )


@strawberry.input(description="An answer that is a text.")
class PlainTextAnswerInput:
    content: ContentConfigInput = strawberry.field(description="What a customer reads.")
    category_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The group the answer is shown in.",
        metadata=refers_to(EntityType.BOOKING_ANSWER_CATEGORY),
    )


@strawberry.input(description="An answer that names a service.")
class ServiceReferenceAnswerInput:
    service_id: strawberry.ID = strawberry.field(
        description="The service.", metadata=refers_to(EntityType.BOOKING_SERVICE)
    )
    category_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The group the answer is shown in.",
        metadata=refers_to(EntityType.BOOKING_ANSWER_CATEGORY),
    )


@strawberry.input(one_of=True, description="An answer: exactly one kind.")
class BookingQuestionAnswerInput:
    __discriminator__: ClassVar[str] = "type"

    plain_text: PlainTextAnswerInput | None = strawberry.field(
        default=strawberry.UNSET, description="An answer that is a text."
    )
    service_reference: ServiceReferenceAnswerInput | None = strawberry.field(
        default=strawberry.UNSET, description="An answer that names a service."
    )


@strawberry.input(description="A new question with its answers.")
class CreateBookingQuestionInput:
    question_content: QuestionContentInput = strawberry.field(description="What a customer reads.")
    answers: list[BookingQuestionAnswerInput] = strawberry.field(
        default_factory=list, description="The answers, in order."
    )


@strawberry.input(description="An answer of a question that is a text.")
class PlainTextAnswerUpdateInput(PlainTextAnswerInput):
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The answer of the question to keep or change; left out for a new one.",
        metadata=refers_to(EntityType.BOOKING_QUESTION_ANSWER),
    )


@strawberry.input(description="An answer of a question that names a service.")
class ServiceReferenceAnswerUpdateInput(ServiceReferenceAnswerInput):
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The answer of the question to keep or change; left out for a new one.",
        metadata=refers_to(EntityType.BOOKING_QUESTION_ANSWER),
    )


@strawberry.input(one_of=True, description="An answer of a question: exactly one kind.")
class BookingQuestionAnswerUpdateInput:
    __discriminator__: ClassVar[str] = "type"

    plain_text: PlainTextAnswerUpdateInput | None = strawberry.field(
        default=strawberry.UNSET, description="An answer that is a text."
    )
    service_reference: ServiceReferenceAnswerUpdateInput | None = strawberry.field(
        default=strawberry.UNSET, description="An answer that names a service."
    )


@strawberry.input(description="Changes of a question; what is left out stays as it is.")
class UpdateBookingQuestionInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.BOOKING_QUESTION)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    question_content: QuestionContentInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="The whole of what a customer reads.",
    )
    answers: list[BookingQuestionAnswerUpdateInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="All answers in order; those of the question not among them are removed.",
    )


@strawberry.input(description="Which to delete.")
class DeleteBookingQuestionInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.BOOKING_QUESTION)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )


@strawberry.input(description="Changes of an answer category; what is left out stays as it is.")
class UpdateBookingAnswerCategoryInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.BOOKING_ANSWER_CATEGORY)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    title: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The heading.",
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="What the group is for.",
    )
    icon: LucideIconKey | None = strawberry.field(
        default=strawberry.UNSET,
        description="An icon beside the heading.",
    )


@strawberry.input(description="Which to delete.")
class DeleteBookingAnswerCategoryInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.BOOKING_ANSWER_CATEGORY)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )
