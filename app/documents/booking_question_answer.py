"""The answers a question offers.

An answer document is written once and never changed: an edited answer is a new document with the
same `answer_id`. The question names the documents that are its answers, so the one write that
raises its version makes a whole edit visible, or nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.documents.base import OrganizationDocument, chunked
from app.documents.driver import ASCENDING, IndexModel
from app.domain.content import ContentConfig
from app.domain.questions import (
    AnswerInQuestion,
    AnswerType,
    PlainTextAnswerContent,
    ServiceReferenceAnswerContent,
)
from app.domain.values import EntityId

SUPERSEDED_KEPT = timedelta(hours=1)
"""How long a document no question names is kept: a reader may have just read the question."""


class BookingQuestionAnswer(OrganizationDocument):
    """One state of an answer: a plain text or a reference to a service, as `type` says.

    The first document of an answer has the answer's own id.
    """

    booking_question_id: EntityId
    answer_id: EntityId
    type: AnswerType
    category_id: EntityId | None = None
    service_id: EntityId | None = None
    content: ContentConfig | None = None
    superseded_at: datetime | None = None

    class Settings:
        name = "booking_question_answers"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("booking_question_id", ASCENDING)],
                name="organization_question",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("answer_id", ASCENDING)],
                name="organization_answer",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("service_id", ASCENDING)],
                name="organization_service",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("category_id", ASCENDING)],
                name="organization_category",
            ),
            IndexModel(
                [("superseded_at", ASCENDING)],
                name="superseded",
                expireAfterSeconds=int(SUPERSEDED_KEPT.total_seconds()),
            ),
        ]

    def says_the_same_as(self, other: "BookingQuestionAnswer") -> bool:
        """Whether both are the same answer in the same words."""
        said = {"answer_id", "type", "category_id", "service_id", "content"}
        return bool(self.model_dump(include=said) == other.model_dump(include=said))

    def to_content(self) -> AnswerInQuestion:
        """Return the answer as an editor writes it, under its own id."""
        if self.type is AnswerType.PLAIN_TEXT and self.content is not None:
            return PlainTextAnswerContent(
                id=self.answer_id, content=self.content, category_id=self.category_id
            )
        return ServiceReferenceAnswerContent(
            id=self.answer_id, service_id=self.service_id or "", category_id=self.category_id
        )

    @classmethod
    async def store(cls, answers: Sequence["BookingQuestionAnswer"]) -> None:
        """Insert documents that no question names yet."""
        if answers:
            await cls.insert_many(answers)

    @classmethod
    async def discard(cls, answers: Sequence["BookingQuestionAnswer"]) -> None:
        """Remove documents that no question came to name."""
        for chunk in chunked([answer.id for answer in answers]):
            await cls.get_motor_collection().delete_many({"_id": {"$in": list(chunk)}})

    @classmethod
    async def supersede(
        cls,
        *,
        organization_id: EntityId,
        booking_question_id: EntityId,
        named: Sequence[EntityId],
        dropped: Sequence[EntityId],
        now: datetime,
    ) -> None:
        """Let the documents expire that an edit dropped, and those an edit cut short left behind.

        A document that is neither named nor old may belong to an edit that is being written.
        """
        await cls.get_motor_collection().update_many(
            {
                "organization_id": organization_id,
                "booking_question_id": booking_question_id,
                "superseded_at": None,
                "_id": {"$nin": list(named)},
                "$or": [
                    {"_id": {"$in": list(dropped)}},
                    {"created_at": {"$lt": now - SUPERSEDED_KEPT}},
                ],
            },
            {"$set": {"superseded_at": now}},
        )
