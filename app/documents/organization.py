"""The company whose customers book."""

from datetime import datetime

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.values import Name


class Organization(StoredDocument):
    """A home-service company; every other entity belongs to one."""

    name: Name
    slug: str
    created_at: datetime
    event_id_policy: EventIdPolicy = EventIdPolicy()

    class Settings:
        name = "organizations"
        indexes = [IndexModel([("slug", ASCENDING)], name="slug", unique=True)]
