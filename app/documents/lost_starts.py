"""First events of sessions that were never stored: a fault came between the two.

Nobody was told of such a session, and its customer has started another one since.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.values import EntityId


async def stream_lost_starts(
    organization_id: EntityId, *, since: datetime, until: datetime
) -> AsyncIterator[EntityId]:
    """Yield the ids of sessions begun in `[since, until)` of which there is only an event."""
    starts = BookingSessionEventDocument.stream_of_type(
        organization_id, BookingSessionEventType.SESSION_STARTED, since=since
    )
    batch: list[EntityId] = []
    async for start in starts:
        if start.at >= until:
            break
        batch.append(start.booking_session_id)
        if len(batch) == MAX_IDS_PER_COMMAND:
            for lost in await _without_session(batch):
                yield lost
            batch.clear()
    for lost in await _without_session(batch):
        yield lost


async def remove_lost_start(session_id: EntityId) -> bool:
    """Remove the only event of a session that is not stored; False when there is more to it.

    Its writer may be about to store the session after all. It looks whether the event is still
    there when it was slow, and we whether the session is there now, so one of us sees the other.
    """
    events = BookingSessionEventDocument.get_motor_collection()
    stored = await events.find({"booking_session_id": session_id}).limit(2).to_list(None)
    if [raw["event_type"] for raw in stored] != [BookingSessionEventType.SESSION_STARTED.value]:
        return False
    await events.delete_one({"_id": stored[0]["_id"]})
    if await BookingSession.existing_ids([session_id]):
        await events.insert_one(stored[0])
        return False
    return True


async def _without_session(session_ids: list[EntityId]) -> list[EntityId]:
    stored = await BookingSession.existing_ids(session_ids) if session_ids else set()
    return [each for each in session_ids if each not in stored]
