"""What the office must change at the vendor by hand.

The vendor's interface creates bookings and has nothing to move or withdraw one. So what is changed
here after the vendor was told is shown until the office has done it there.
"""

from enum import StrEnum

from app.domain.booking import BookingStatus, Timeslot
from app.domain.instants import Instant


class VendorNotice(StrEnum):
    """What the vendor does not know of a booking it has."""

    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"


def find_notice(
    *,
    status: BookingStatus,
    timeslot: Timeslot | None,
    is_at_vendor: bool,
    vendor_start: Instant | None,
) -> VendorNotice | None:
    """Return what the office must change at the vendor; `vendor_start` is what it was told."""
    if not is_at_vendor:
        return None
    if status is BookingStatus.CANCELLED:
        return VendorNotice.CANCELLED
    if timeslot is None or vendor_start is None or timeslot.start_time == vendor_start:
        return None
    return VendorNotice.RESCHEDULED
