"""Which hours of an organization's sessions have changed, themselves or in their bookings."""

from datetime import datetime
from typing import Any

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.driver import aggregate
from app.documents.ranges import ONE_MILLISECOND
from app.documents.session_reports import ROWS_PER_BATCH, Pipeline
from app.domain.values import EntityId

HOUR = {"$dateTrunc": {"date": "$created_at", "unit": "hour"}}


def changed_hours_pipeline(organization_id: EntityId, since: datetime | None) -> Pipeline:
    """Return the stages that group the sessions changed since then by the hour of creation."""
    changed: dict[str, Any] = {"organization_id": organization_id}
    if since is not None:
        changed["updated_at"] = {"$gt": since - ONE_MILLISECOND}
    return [{"$match": changed}, {"$group": {"_id": HOUR}}]


async def find_changed_hours(organization_id: EntityId, *, since: datetime | None) -> set[datetime]:
    """Return the beginnings of the hours in which sessions changed since then were created.

    All hours that have sessions when `since` is None.
    """
    pipeline = changed_hours_pipeline(organization_id, since)
    cursor = aggregate(BookingSession.get_motor_collection(), pipeline, batchSize=ROWS_PER_BATCH)
    return {raw["_id"] async for raw in cursor}


def rebooked_hours_pipeline(organization_id: EntityId, since: datetime) -> Pipeline:
    """Return the stages that group the bookings changed since then by the session's creation."""
    session = {
        "from": BookingSession.get_motor_collection().name,
        "localField": "booking_session_id",
        "foreignField": "_id",
        "pipeline": [{"$project": {"created_at": 1}}],
        "as": "session",
    }
    changed = {"$gt": since - ONE_MILLISECOND}
    return [
        {"$match": {"organization_id": organization_id, "recorded_at": changed}},
        {"$project": {"booking_session_id": 1}},
        {"$lookup": session},
        {"$unwind": "$session"},
        {"$project": {"created_at": "$session.created_at"}},
        {"$group": {"_id": HOUR}},
    ]


async def find_rebooked_hours(organization_id: EntityId, *, since: datetime) -> set[datetime]:
    """Return the beginnings of the hours in which sessions of bookings changed since were created.

    Bookings that are as they were first stored are none: their sessions have changed themselves.
    """
    pipeline = rebooked_hours_pipeline(organization_id, since)
    cursor = aggregate(Booking.get_motor_collection(), pipeline, batchSize=ROWS_PER_BATCH)
    return {raw["_id"] async for raw in cursor}


async def mark_all_changed(organization_id: EntityId, *, now: datetime) -> None:
    """Note that all sessions of an organization may have changed: some were stored with old times.

    Whoever stores sessions of the past calls it afterwards; rollups would never see them.
    """
    await BookingSession.get_motor_collection().update_many(
        {"organization_id": organization_id}, {"$set": {"updated_at": now}}
    )


async def mark_changed_now(session_id: EntityId) -> None:
    """Note that a session or its booking changes, by the clock of the database.

    For whoever mends what a crash left behind and stores it with the times it should have had.
    """
    await BookingSession.get_motor_collection().update_one(
        {"_id": session_id}, {"$currentDate": {"updated_at": True}}
    )
