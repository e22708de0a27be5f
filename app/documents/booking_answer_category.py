"""Groups of related answers."""

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.content import IconKey
from app.domain.values import Description, Title


class BookingAnswerCategory(VersionedDocument):
    """A heading under which answers are shown together."""

    title: Title
    description: Description | None = None
    icon: IconKey | None = None

    class Settings:
        name = "booking_answer_categories"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("title", ASCENDING)],
                name="organization_title",
                unique=True,
            )
        ]
