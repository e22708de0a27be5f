"""The company whose customers book."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, IndexModel, ReturnDocument
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.values import EntityId, Name


class Organization(StoredDocument):
    """A home-service company; every other entity belongs to one.

    `version` counts the edits of its settings from 1.
    """

    name: Name
    slug: str
    created_at: datetime
    version: int = 1
    event_id_policy: EventIdPolicy = EventIdPolicy()
    session_idle_minutes: Annotated[int, Field(ge=1)] | None = None
    """After how long without events a session is abandoned; None leaves it to the settings."""
    event_retention_days: Annotated[int, Field(ge=1)] | None = None
    """How long the events of closed sessions are kept; None leaves it to the settings."""

    owners_changing_since: datetime | None = None
    """Since when somebody is about to end an owner; one at a time, so that one remains."""

    class Settings:
        name = "organizations"
        indexes = [IndexModel([("slug", ASCENDING)], name="slug", unique=True)]

    @classmethod
    async def find_idle_minutes(cls) -> dict[EntityId, int]:
        """Return the idle times of the organizations that have chosen their own, by id."""
        query = {"session_idle_minutes": {"$type": "number"}}
        cursor = cls.get_motor_collection().find(query, {"session_idle_minutes": 1})
        return {raw["_id"]: raw["session_idle_minutes"] async for raw in cursor}

    @classmethod
    async def all_ids(cls) -> list[EntityId]:
        """Return the ids of all organizations."""
        return [raw["_id"] async for raw in cls.get_motor_collection().find({}, {"_id": 1})]

    @classmethod
    async def begin_changing_owners(
        cls, organization_id: EntityId, *, now: datetime, given_up_before: datetime
    ) -> bool:
        """Return whether it is the caller's turn; one who began so long ago is taken as dead."""
        for since in (None, {"$lt": given_up_before}):
            result = await cls.get_motor_collection().update_one(
                {"_id": organization_id, "owners_changing_since": since},
                {"$set": {"owners_changing_since": now}},
            )
            if result.modified_count:
                return True
        return False

    @classmethod
    async def end_changing_owners(cls, organization_id: EntityId, *, since: datetime) -> None:
        """Let the next one have a turn."""
        await cls.get_motor_collection().update_one(
            {"_id": organization_id, "owners_changing_since": since},
            {"$set": {"owners_changing_since": None}},
        )

    @classmethod
    async def find_retention_days(cls) -> dict[EntityId, int | None]:
        """Return how long each organization has chosen to keep events, None for no choice."""
        cursor = cls.get_motor_collection().find({}, {"event_retention_days": 1})
        return {raw["_id"]: raw.get("event_retention_days") async for raw in cursor}

    @classmethod
    async def update_at_version(
        cls, organization_id: EntityId, *, expected_version: int, changes: Mapping[str, Any]
    ) -> "Organization | None":
        """Write `changes` and raise the version if it still is the expected one, else None."""
        current: dict[str, Any] = {"_id": organization_id, "version": expected_version}
        if expected_version == 1:
            # Stored before versions were counted, it has none.
            current["version"] = {"$in": [1, None]}
        raw = await cls.get_motor_collection().find_one_and_update(
            current,
            {"$set": {**changes, "version": expected_version + 1}},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)
