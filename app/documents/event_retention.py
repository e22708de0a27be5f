"""When the events of closed sessions are removed."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import UpdateMany, UpdateOne
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId

CLOSED = (BookingSessionStatus.COMPLETED, BookingSessionStatus.ABANDONED)
SESSIONS_PER_BATCH = 100


class ClosedSession(NamedTuple):
    """A session that takes no more events, and when those it has are to be removed, if ever."""

    session_id: EntityId
    closed_at: datetime
    events_expire_at: datetime | None


async def stream_kept_otherwise(
    organization_id: EntityId, *, retention_days: int | None
) -> AsyncIterator[ClosedSession]:
    """Yield the closed sessions whose events are not kept for so many days, None being for ever.

    From an index, so that nothing is read when there is none.
    """
    others: list[Any] = [{"$gt": 0}]
    if retention_days is not None:
        others = [None, {"$lt": retention_days}, {"$gt": retention_days}]
    for status in CLOSED:
        for other in others:
            query = {
                "organization_id": organization_id,
                "booking_outcome.status": status.value,
                "event_retention_days": other,
            }
            fields = {"current_state.last_activity_at": 1, "events_expire_at": 1}
            cursor = BookingSession.get_motor_collection().find(query, fields)
            async for raw in cursor.batch_size(SESSIONS_PER_BATCH):
                closed_at = raw["current_state"]["last_activity_at"]
                yield ClosedSession(raw["_id"], closed_at, raw.get("events_expire_at"))


async def set_expiry(
    sessions: Sequence[tuple[EntityId, datetime | None]],
    *,
    retention_days: int | None,
    now: datetime,
) -> None:
    """Let the events of at most 100 closed sessions be removed at their times, None being never.

    The events first: a session says that its events are marked only when they are. The event that
    completed a session is never removed, because it says with which key the session was booked.
    """
    await BookingSessionEventDocument.get_motor_collection().bulk_write(
        [
            UpdateMany(
                {
                    "booking_session_id": session_id,
                    "event_type": {"$ne": BookingSessionEventType.SESSION_COMPLETED.value},
                },
                {"$set": {"expires_at": expires_at}}
                if expires_at
                else {"$unset": {"expires_at": ""}},
            )
            for session_id, expires_at in sessions
        ],
        ordered=False,
    )
    await BookingSession.get_motor_collection().bulk_write(
        [
            UpdateOne(
                {"_id": session_id},
                {
                    "$set": {
                        "event_retention_days": retention_days,
                        "events_expire_at": expires_at,
                        "updated_at": now,
                    }
                },
            )
            for session_id, expires_at in sessions
        ],
        ordered=False,
    )


async def set_retention_only(
    session_ids: Sequence[EntityId], *, retention_days: int | None
) -> None:
    """Note the days for sessions whose events are gone or going already."""
    await BookingSession.get_motor_collection().update_many(
        {"_id": {"$in": list(session_ids)}}, {"$set": {"event_retention_days": retention_days}}
    )
