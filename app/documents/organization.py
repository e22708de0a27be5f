"""The company whose customers book."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.values import EntityId, Name


class Organization(StoredDocument):
    """A home-service company; every other entity belongs to one."""

    name: Name
    slug: str
    created_at: datetime
    event_id_policy: EventIdPolicy = EventIdPolicy()
    session_idle_minutes: Annotated[int, Field(ge=1)] | None = None
    """After how long without events a session is abandoned; None leaves it to the settings."""

    class Settings:
        name = "organizations"
        indexes = [IndexModel([("slug", ASCENDING)], name="slug", unique=True)]

    @classmethod
    async def find_idle_minutes(cls) -> dict[EntityId, int]:
        """Return the idle times of the organizations that have chosen their own, by id."""
        query = {"session_idle_minutes": {"$type": "number"}}
        cursor = cls.get_motor_collection().find(query, {"session_idle_minutes": 1})
        return {raw["_id"]: raw["session_idle_minutes"] async for raw in cursor}
