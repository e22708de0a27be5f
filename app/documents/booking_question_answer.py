"""The answers a question offers."""

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.content import ContentConfig
from app.domain.questions import AnswerType
from app.domain.values import EntityId


class BookingQuestionAnswer(OrganizationDocument):
    """A plain text or a reference to a service, as `type` says."""

    booking_question_id: EntityId
    type: AnswerType
    category_id: EntityId | None = None
    service_id: EntityId | None = None
    content: ContentConfig | None = None

    class Settings:
        name = "booking_question_answers"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("booking_question_id", ASCENDING)],
                name="organization_question",
            ),
            IndexModel([("service_id", ASCENDING)], name="service", sparse=True),
            IndexModel([("category_id", ASCENDING)], name="category", sparse=True),
        ]
