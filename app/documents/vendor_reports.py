"""What the report on bookings at the vendor reads: one command."""

from collections.abc import AsyncIterator

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.session_reports import ROWS_PER_BATCH, Pipeline, match_scope
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.vendor_outcome import VendorCount
from app.domain.booking import BookingStatus
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.vendor import VendorBookingStatus, VendorBookingSyncStatus


def vendor_pipeline(scope: ReportScope) -> Pipeline:
    """Return the stages that group the bookings of a report's sessions."""
    fields = ("status", "vendor_sync_status", "vendor_status", "vendor_job_id")
    join = {
        "from": Booking.get_motor_collection().name,
        "localField": "_id",
        "foreignField": "booking_session_id",
        "pipeline": [{"$project": {"_id": 0, **dict.fromkeys(fields, 1)}}],
        "as": "booking",
    }
    keys = {
        "status": "$booking.status",
        "sync_status": {"$ifNull": ["$booking.vendor_sync_status", None]},
        "vendor_status": {"$ifNull": ["$booking.vendor_status", None]},
        "has_job": {"$ne": [{"$ifNull": ["$booking.vendor_job_id", None]}, None]},
    }
    return [
        *match_scope(scope),
        {"$match": {"booking_outcome.status": BookingSessionStatus.COMPLETED.value}},
        {"$project": {"_id": 1}},
        {"$lookup": join},
        {"$unwind": "$booking"},
        {"$group": {"_id": keys, "bookings": {"$sum": 1}}},
    ]


async def stream_vendor_counts(scope: ReportScope) -> AsyncIterator[VendorCount]:
    """Yield how many bookings are alike in what became of them."""
    pipeline = vendor_pipeline(scope)
    cursor = BookingSession.get_motor_collection().aggregate(pipeline, batchSize=ROWS_PER_BATCH)
    async for raw in cursor:
        key = raw["_id"]
        sync_status, vendor_status = key["sync_status"], key["vendor_status"]
        yield VendorCount(
            status=BookingStatus(key["status"]),
            sync_status=None if sync_status is None else VendorBookingSyncStatus(sync_status),
            vendor_status=None if vendor_status is None else VendorBookingStatus(vendor_status),
            has_job=key["has_job"],
            bookings=raw["bookings"],
        )
