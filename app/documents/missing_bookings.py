"""Completions whose bookings were not stored: a crash came between the two."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.booking import Booking
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import ASCENDING
from app.documents.ranges import between
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.values import EntityId


@dataclass(frozen=True, slots=True)
class Completion:
    """A completed session, and the booking its event names."""

    organization_id: EntityId
    booking_session_id: EntityId
    booking_id: EntityId


def completions_query(since: datetime, until: datetime) -> dict[str, Any]:
    """Return the query for the completions of all organizations in `[since, until)`."""
    completed = BookingSessionEventType.SESSION_COMPLETED.value
    return {"event_type": completed, **between("timestamp", since, until)}


async def stream_completions_without_booking(
    *, since: datetime, until: datetime
) -> AsyncIterator[Completion]:
    """Yield the completions in `[since, until)` that have no booking, oldest first."""
    events = BookingSessionEventDocument.get_motor_collection()
    fields = {"organization_id": 1, "booking_session_id": 1, "data.booking_id": 1}
    cursor = events.find(completions_query(since, until), fields).sort("timestamp", ASCENDING)
    batch: list[Completion] = []
    async for raw in cursor.batch_size(MAX_IDS_PER_COMMAND):
        ids = (raw["organization_id"], raw["booking_session_id"], raw["data"]["booking_id"])
        batch.append(Completion(*ids))
        if len(batch) == MAX_IDS_PER_COMMAND:
            for missing in await _without_booking(batch):
                yield missing
            batch.clear()
    for missing in await _without_booking(batch):
        yield missing


async def _without_booking(completions: list[Completion]) -> list[Completion]:
    if not completions:
        return []
    query = {"_id": {"$in": [each.booking_id for each in completions]}}
    cursor = Booking.get_motor_collection().find(query, {"_id": 1})
    stored = {raw["_id"] async for raw in cursor}
    return [each for each in completions if each.booking_id not in stored]
