"""The events of booking sessions, the source of truth about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.documents.base import StoredDocument
from app.documents.driver import ASCENDING, BulkWriteError, IndexModel
from app.domain.booking_session.events import BookingSessionEvent, event_from_document
from app.domain.values import EntityId

DUPLICATE_KEY = 11000


class BookingSessionEventDocument(StoredDocument):
    """An event with the session, organization and flow it belongs to; never changed."""

    organization_id: EntityId
    booking_session_id: EntityId
    booking_flow_id: EntityId
    event_type: str
    timestamp: datetime
    sequence: int
    client_event_id: str | None = None
    step_id: EntityId | None = None
    data: dict[str, Any] = {}

    class Settings:
        name = "booking_session_events"
        indexes = [
            IndexModel(
                [("booking_session_id", ASCENDING), ("sequence", ASCENDING)],
                name="session_sequence",
                unique=True,
            ),
            IndexModel(
                [("booking_session_id", ASCENDING), ("client_event_id", ASCENDING)],
                name="session_client_event",
                unique=True,
                partialFilterExpression={"client_event_id": {"$type": "string"}},
            ),
            IndexModel(
                [("booking_session_id", ASCENDING), ("timestamp", ASCENDING)],
                name="session_timestamp",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("event_type", ASCENDING),
                    ("timestamp", ASCENDING),
                ],
                name="organization_type_timestamp",
            ),
        ]

    @classmethod
    async def append(
        cls,
        events: Sequence[BookingSessionEvent],
        *,
        organization_id: EntityId,
        booking_session_id: EntityId,
        booking_flow_id: EntityId,
    ) -> bool:
        """Insert a batch; return False, with nothing inserted, when another writer was faster.

        The batch is one ordered insert. Two writers who start from the same history begin with the
        same sequence, so the unique index stops the slower one at its first event.
        """
        owner = {
            "organization_id": organization_id,
            "booking_session_id": booking_session_id,
            "booking_flow_id": booking_flow_id,
        }
        records = [{**event_record(event), **owner} for event in events]
        try:
            await cls.get_motor_collection().insert_many(records, ordered=True)
        except BulkWriteError as error:
            write_errors = error.details.get("writeErrors", [])
            if any(failure.get("code") != DUPLICATE_KEY for failure in write_errors):
                raise
            await cls.remove_unacknowledged([event.id for event in events])
            return False
        return True

    @classmethod
    async def remove_unacknowledged(cls, event_ids: Sequence[EntityId]) -> None:
        """Remove the events of a batch that was cut short; nobody was told they were stored."""
        await cls.get_motor_collection().delete_many({"_id": {"$in": list(event_ids)}})

    @classmethod
    async def find_events(
        cls, booking_session_id: EntityId, *, after_sequence: int = 0
    ) -> list[BookingSessionEvent]:
        """Return the session's events after a sequence, in order, a cut-short batch included."""
        cursor = (
            cls.get_motor_collection()
            .find({"booking_session_id": booking_session_id, "sequence": {"$gt": after_sequence}})
            .sort("sequence", ASCENDING)
        )
        return [event_from_document(raw) async for raw in cursor]

    @classmethod
    async def find_news_and_repeats(
        cls,
        booking_session_id: EntityId,
        *,
        after_sequence: int,
        client_event_ids: Sequence[str],
    ) -> list[BookingSessionEvent]:
        """Return, in order, the events after a sequence and those with one of the client ids."""
        query = {
            "booking_session_id": booking_session_id,
            "$or": [
                {"sequence": {"$gt": after_sequence}},
                {"client_event_id": {"$in": list(client_event_ids)}},
            ],
        }
        cursor = cls.get_motor_collection().find(query).sort("sequence", ASCENDING)
        return [event_from_document(raw) async for raw in cursor]


def event_record(event: BookingSessionEvent) -> dict[str, Any]:
    """Return the event as stored."""
    record = event.model_dump(exclude={"id"})
    record["_id"] = event.id
    return record
