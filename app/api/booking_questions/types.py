"""Questions, answers and answer categories as clients read them."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

import strawberry

from app.api.booking_services.types import BookingService
from app.api.content import ContentConfig
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.permissions import Access, AccessExtension
from app.api.scalars import LucideIconKey
from app.api.usage import EntityUser, load_users
from app.documents import booking_answer_category, booking_question, booking_question_answer
from app.domain.content import QuestionContent as DomainQuestionContent
from app.domain.questions import AnswerType
from app.domain.usage import UsedKind
from app.domain.values import EntityId
from app.execution.loaded import loaded
from app.loaders.base import OwnedId, owned


@strawberry.type(description="A heading under which answers are shown together.")
class BookingAnswerCategory(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    title: str = strawberry.field(description="The heading.")
    description: str | None = strawberry.field(description="What the group is for.")
    icon: LucideIconKey | None = strawberry.field(description="An icon beside the heading.")
    owned_id: strawberry.Private[OwnedId]

    @strawberry.field(
        description="The flows and questions that show answers in the category.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def used_by(self, info: Info) -> list[EntityUser]:
        return await load_users(info, UsedKind.BOOKING_ANSWER_CATEGORY, self.owned_id)

    @classmethod
    def from_document(
        cls, category: booking_answer_category.BookingAnswerCategory
    ) -> "BookingAnswerCategory":
        """Return the category in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_ANSWER_CATEGORY, category.id),
            version=category.version,
            title=category.title,
            description=category.description,
            icon=None if category.icon is None else LucideIconKey(category.icon),
            owned_id=OwnedId(category.organization_id, category.id),
        )


def load_category(info: Info, category_id: OwnedId | None) -> BookingAnswerCategory | None:
    """Return the category through the request's loader, or None where there is none."""
    if category_id is None:
        return None
    return loaded(
        info.context.loaders.categories,
        category_id,
        lambda found: None if found is None else BookingAnswerCategory.from_document(found),
    )


def load_service(info: Info, service_id: OwnedId | None) -> BookingService | None:
    """Return the service through the request's loader, or None where there is none."""
    if service_id is None:
        return None
    return loaded(
        info.context.loaders.services,
        service_id,
        lambda found: None if found is None else BookingService.from_document(found),
    )


@strawberry.type(description="What a customer reads of a question.")
class QuestionContent:
    title: str = strawberry.field(description="The question.")
    unique_name: str = strawberry.field(
        description="The name its editors know it by, unique within the organization."
    )
    help_text: str | None = strawberry.field(description="A hint below the question.")
    icon: LucideIconKey | None = strawberry.field(description="An icon beside the question.")

    @classmethod
    def from_domain(cls, content: DomainQuestionContent) -> "QuestionContent":
        """Return the content in the schema's type."""
        return cls(
            title=content.title,
            unique_name=content.unique_name,
            help_text=content.help_text,
            icon=None if content.icon is None else LucideIconKey(content.icon),
        )


@strawberry.interface(description="A possible answer to a question.")
class BookingQuestionAnswerBase(Node):
    category_id: strawberry.Private[OwnedId | None]

    @strawberry.field(description="The group the answer is shown in; null for none.")
    def category(self, info: Info) -> BookingAnswerCategory | None:
        return load_category(info, self.category_id)


@strawberry.type(description="An answer that is a text.")
class PlainTextAnswer(BookingQuestionAnswerBase):
    content: ContentConfig = strawberry.field(description="What a customer reads.")


@strawberry.type(description="An answer that names a service.")
class ServiceReferenceAnswer(BookingQuestionAnswerBase):
    service_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The service; null when it was deleted.")
    def service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)


BookingQuestionAnswer: TypeAlias = Annotated[
    PlainTextAnswer | ServiceReferenceAnswer,
    strawberry.union("BookingQuestionAnswer", description="A possible answer to a question."),
]


def to_answer(
    answer: booking_question_answer.BookingQuestionAnswer,
) -> PlainTextAnswer | ServiceReferenceAnswer:
    """Return the answer in the schema's type."""
    global_id = encode_id(EntityType.BOOKING_QUESTION_ANSWER, answer.answer_id)
    category_id = owned(answer.organization_id, answer.category_id)
    if answer.type is AnswerType.PLAIN_TEXT and answer.content is not None:
        return PlainTextAnswer(
            id=global_id,
            category_id=category_id,
            content=ContentConfig.from_domain(answer.content),
        )
    return ServiceReferenceAnswer(
        id=global_id,
        category_id=category_id,
        service_id=OwnedId(answer.organization_id, answer.service_id or ""),
    )


@strawberry.type(description="A question reused across flows.")
class BookingQuestion(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    question_content: QuestionContent = strawberry.field(description="What a customer reads.")
    owned_id: strawberry.Private[OwnedId]
    answer_ids: strawberry.Private[list[EntityId]]

    @strawberry.field(description="The answers offered, in order.")
    def answers(self, info: Info) -> list[BookingQuestionAnswer]:
        return loaded(
            info.context.loaders.answers_by_question_id, self.owned_id, self._choose_answers
        )

    def _choose_answers(
        self, documents: Iterable[booking_question_answer.BookingQuestionAnswer]
    ) -> list[BookingQuestionAnswer]:
        by_id = {document.id: document for document in documents}
        return [to_answer(by_id[answer_id]) for answer_id in self.answer_ids if answer_id in by_id]

    @strawberry.field(
        description="The flows that ask the question.", extensions=[AccessExtension(Access.ANALYST)]
    )
    async def used_by(self, info: Info) -> list[EntityUser]:
        return await load_users(info, UsedKind.BOOKING_QUESTION, self.owned_id)

    @classmethod
    def from_document(cls, question: booking_question.BookingQuestion) -> "BookingQuestion":
        """Return the question in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_QUESTION, question.id),
            version=question.version,
            question_content=QuestionContent.from_domain(question.question_content),
            owned_id=OwnedId(question.organization_id, question.id),
            answer_ids=question.answers,
        )
