"""Questions, their answers and the categories answers are grouped by, as an editor writes them."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from app.domain.content import ContentConfig, IconKey, QuestionContent
from app.domain.values import Description, EntityId, Title, Value


class AnswerType(StrEnum):
    """Whether an answer is a text or names a service."""

    PLAIN_TEXT = "plain_text"
    SERVICE_REFERENCE = "service_reference"


class AnswerContentBase(Value):
    """What every answer has; `id` names the answer of the question this is, None a new one."""

    id: EntityId | None = None
    category_id: EntityId | None = None


class PlainTextAnswerContent(AnswerContentBase):
    """An answer that is a text."""

    type: Literal[AnswerType.PLAIN_TEXT] = AnswerType.PLAIN_TEXT
    content: ContentConfig


class ServiceReferenceAnswerContent(AnswerContentBase):
    """An answer that names a service."""

    type: Literal[AnswerType.SERVICE_REFERENCE] = AnswerType.SERVICE_REFERENCE
    service_id: EntityId


AnswerInQuestion: TypeAlias = Annotated[
    PlainTextAnswerContent | ServiceReferenceAnswerContent, Field(discriminator="type")
]


class BookingQuestionContent(Value):
    """What an editor writes of a question; its answers are made with it."""

    question_content: QuestionContent
    answers: Annotated[tuple[AnswerInQuestion, ...], Field(max_length=100)] = ()


class AnswerCategoryContent(Value):
    """What an editor writes of an answer category."""

    title: Title
    description: Description | None = None
    icon: IconKey | None = None
