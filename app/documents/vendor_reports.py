"""What the reports on bookings at the vendor, and their rollups, read: one command each."""

from collections.abc import AsyncIterator
from typing import Any

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.driver import aggregate
from app.documents.session_reports import ROWS_PER_BATCH, Pipeline, match_scope
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.vendor_outcome import VendorCount, VendorState
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId

KEYS: dict[str, Any] = {
    "status": "$booking.status",
    "sync_status": {"$ifNull": ["$booking.vendor_sync_status", None]},
    "vendor_status": {"$ifNull": ["$booking.vendor_status", None]},
    "has_job": {"$ne": [{"$ifNull": ["$booking.vendor_job_id", None]}, None]},
}


def bookings_pipeline(scope: ReportScope) -> Pipeline:
    """Return the stages that find the bookings of a report's sessions."""
    fields = ("status", "vendor_sync_status", "vendor_status", "vendor_job_id")
    join = {
        "from": Booking.get_motor_collection().name,
        "localField": "_id",
        "foreignField": "booking_session_id",
        "pipeline": [{"$project": {"_id": 0, **dict.fromkeys(fields, 1)}}],
        "as": "booking",
    }
    return [
        *match_scope(scope),
        {"$match": {"booking_outcome.status": BookingSessionStatus.COMPLETED.value}},
        {"$project": {"_id": 1}},
        {"$lookup": join},
        {"$unwind": "$booking"},
    ]


async def stream_vendor_counts(scope: ReportScope) -> AsyncIterator[VendorCount]:
    """Yield how many bookings are alike in what became of them."""
    group = {"$group": {"_id": KEYS, "bookings": {"$sum": 1}}}
    async for raw in _stream([*bookings_pipeline(scope), group]):
        yield VendorCount(VendorState.of(**raw["_id"]), raw["bookings"])


async def stream_vendor_states(
    scope: ReportScope,
) -> AsyncIterator[tuple[EntityId, VendorState]]:
    """Yield how the booking of each session stands, with the session's id."""
    async for raw in _stream([*bookings_pipeline(scope), {"$project": KEYS}]):
        yield raw.pop("_id"), VendorState.of(**raw)


async def _stream(pipeline: Pipeline) -> AsyncIterator[dict[str, Any]]:
    cursor = aggregate(BookingSession.get_motor_collection(), pipeline, batchSize=ROWS_PER_BATCH)
    async for raw in cursor:
        yield raw
