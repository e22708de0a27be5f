"""Taking in what the vendor says of a booking, by whatever way it comes."""

from datetime import datetime

from app.documents.vendor_news import VendorNews, apply_news, find_booking_id
from app.domain.instants import to_instant
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingStatus
from app.servicetitan.payloads.bookings import VendorBooking


async def take_news(organization_id: EntityId, said: VendorBooking, *, now: datetime) -> bool:
    """Store the booking's state at the vendor; False when it is not ours, or not new.

    The newest change by the vendor's own clock wins, so the order in which news arrive and how
    often does not matter.
    """
    if said.modified_on is None:
        return False
    vendor_booking_id = str(said.id)
    booking_id = said.external_id or await find_booking_id(organization_id, vendor_booking_id)
    if booking_id is None:
        return False
    news = VendorNews(
        vendor_booking_id=vendor_booking_id,
        status=VendorBookingStatus(said.status.value.lower()),
        job_id=None if said.job_id is None else str(said.job_id),
        modified_on=to_instant(said.modified_on),
    )
    return await apply_news(organization_id, booking_id, news, now=now)
