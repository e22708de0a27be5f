"""Which hours of an organization's sessions have changed."""

from datetime import datetime
from typing import Any

from app.documents.booking_session import BookingSession
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
    cursor = BookingSession.get_motor_collection().aggregate(pipeline, batchSize=ROWS_PER_BATCH)
    return {raw["_id"] async for raw in cursor}


async def mark_all_changed(organization_id: EntityId, *, now: datetime) -> None:
    """Note that all sessions of an organization may have changed: some were stored with old times.

    Whoever stores sessions of the past calls it afterwards; rollups would never see them.
    """
    await BookingSession.get_motor_collection().update_many(
        {"organization_id": organization_id}, {"$set": {"updated_at": now}}
    )
