"""The enums of a booking's way to the vendor."""

from app.api.enums import expose_enum
from app.domain.vendor import VendorBookingStatus
from app.domain.vendor_notice import VendorNotice
from app.domain.vendor_push import PushOutcome

__all__ = [
    "PushOutcome",
    "VendorBookingStatus",
    "VendorNotice",
]

expose_enum(
    PushOutcome,
    name="VendorAttemptOutcome",
    description="How one try to tell the vendor of a booking ended.",
    values={
        PushOutcome.CREATED: "The vendor took the booking.",
        PushOutcome.FOUND: "The vendor had the booking already, from a try of unknown outcome.",
        PushOutcome.ATTRIBUTED: "The vendor took the attribution.",
        PushOutcome.REFUSED: "The vendor does not accept what it was told.",
        PushOutcome.ACCESS_DENIED: "The credentials, a scope or the booking provider are not "
        "accepted; it is tried again after a while.",
        PushOutcome.RATE_LIMITED: "The vendor asked to wait; this does not count as a try.",
        PushOutcome.NOT_SENT: "The vendor could not be reached.",
        PushOutcome.UNCERTAIN: "The vendor may have taken it and did not say so; before the next "
        "try it is looked up.",
        PushOutcome.INTERRUPTED: "The worker ended in the middle of it.",
        PushOutcome.CANCELLED: "It was called off before the vendor was told.",
        PushOutcome.NOT_CONNECTED: "The organization has no vendor account any more.",
        PushOutcome.RETRY_REQUESTED: "Somebody asked to try again.",
    },
)
expose_enum(
    VendorBookingStatus,
    description="What the company's office did with a booking at the vendor.",
    values={
        VendorBookingStatus.NEW: "Nothing yet.",
        VendorBookingStatus.CONVERTED: "It made a job of it.",
        VendorBookingStatus.DISMISSED: "It dismissed it.",
        VendorBookingStatus.ACCEPTED: "It accepted it.",
        VendorBookingStatus.OTHER: "Something this server knows no name for.",
    },
)
expose_enum(
    VendorNotice,
    description="What the office must change at the vendor by hand: its interface cannot be told.",
    values={
        VendorNotice.CANCELLED: "The booking was cancelled after the vendor was told of it.",
        VendorNotice.RESCHEDULED: "The visit was moved after the vendor was told of it.",
    },
)
