"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.booking import BookingChanger, BookingStatus
from app.domain.vendor import VendorBookingSyncStatus

__all__ = [
    "BookingChanger",
    "BookingStatus",
    "VendorBookingSyncStatus",
]

expose_enum(
    VendorBookingSyncStatus,
    description="How far a booking has come on its way to the vendor.",
    values={
        VendorBookingSyncStatus.PENDING: "Not there yet; it will be tried again.",
        VendorBookingSyncStatus.SYNCED: "The vendor has it.",
        VendorBookingSyncStatus.FAILED: "Given up: refused, or tried too often. "
        "`retryVendorBooking` tries again.",
    },
)
expose_enum(
    BookingStatus,
    description="What became of a booking since it was made.",
    values={
        BookingStatus.CONFIRMED: "The visit is when the customer chose it to be.",
        BookingStatus.RESCHEDULED: "The visit was moved.",
        BookingStatus.CANCELLED: "There will be no visit.",
    },
)
expose_enum(
    BookingChanger,
    description="Who changed a booking.",
    values={
        BookingChanger.CUSTOMER: "The customer, with the token of the session that led to it.",
        BookingChanger.STAFF: "The company, with an API key.",
    },
)
