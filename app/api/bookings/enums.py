"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.vendor import VendorBookingSyncStatus

__all__ = [
    "VendorBookingSyncStatus",
]

expose_enum(
    VendorBookingSyncStatus,
    description="How far a booking has come on its way to the vendor.",
    values={
        VendorBookingSyncStatus.PENDING: "Not there yet; it will be tried again.",
        VendorBookingSyncStatus.SYNCED: "The vendor has it.",
        VendorBookingSyncStatus.FAILED: "Given up after repeated attempts.",
    },
)
