"""Questions reused across flows."""

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.content import QuestionContent
from app.domain.values import EntityId


class BookingQuestion(VersionedDocument):
    """A question and the ids of its answers in the order they are offered."""

    question_content: QuestionContent
    answers: list[EntityId] = []

    class Settings:
        name = "booking_questions"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("question_content.unique_name", ASCENDING)],
                name="organization_unique_name",
                unique=True,
            )
        ]
