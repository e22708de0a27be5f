"""The enums of this part of the schema."""

from app.api.booking_services.enums import VendorType
from app.api.enums import expose_enum
from app.domain.vendor_account import CapacityOutagePolicy

__all__ = [
    "CapacityOutagePolicy",
    "VendorType",
]

expose_enum(
    CapacityOutagePolicy,
    description="What customers see while the vendor cannot be asked for its capacity.",
    values={
        CapacityOutagePolicy.OFFER_WINDOWS: "The flow's windows, as if the vendor had room.",
        CapacityOutagePolicy.SHOW_FALLBACK_PHONE: "The phone number to call instead.",
    },
)
