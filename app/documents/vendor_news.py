"""What the vendor says of bookings it has."""

from dataclasses import dataclass
from datetime import datetime

from app.documents.booking import Booking
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorNews:
    """The state of a booking at the vendor, as of the vendor's own `modified_on`."""

    vendor_booking_id: str
    status: VendorBookingStatus
    job_id: str | None
    modified_on: datetime


async def apply_news(
    organization_id: EntityId, booking_id: EntityId, news: VendorNews, *, now: datetime
) -> bool:
    """Store the news unless newer are known; return whether they were.

    News of another copy of the booking, which the vendor may hold by accident, change nothing.
    """
    result = await Booking.get_motor_collection().update_one(
        {
            "_id": booking_id,
            "organization_id": organization_id,
            "vendor_booking_id": {"$in": [None, news.vendor_booking_id]},
            # True as well where nothing is known yet.
            "vendor_modified_on": {"$not": {"$gte": news.modified_on}},
        },
        {
            "$set": {
                "vendor_status": news.status.value,
                "vendor_job_id": news.job_id,
                "vendor_modified_on": news.modified_on,
                "recorded_at": now,
            }
        },
    )
    return bool(result.matched_count)


async def find_booking_id(organization_id: EntityId, vendor_booking_id: str) -> EntityId | None:
    """Return our id of the booking the vendor has under its own."""
    query = {"organization_id": organization_id, "vendor_booking_id": vendor_booking_id}
    raw = await Booking.get_motor_collection().find_one(query, {"_id": 1})
    return None if raw is None else str(raw["_id"])
