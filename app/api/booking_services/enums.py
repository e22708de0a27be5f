"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.vendor import VendorServiceSyncStatus, VendorType

__all__ = [
    "VendorServiceSyncStatus",
    "VendorType",
]

expose_enum(
    VendorType,
    description="The field-service systems a company may use.",
    values={VendorType.SERVICETITAN: "ServiceTitan."},
)
expose_enum(
    VendorServiceSyncStatus,
    description="How a service compares with the vendor's job type.",
    values={
        VendorServiceSyncStatus.PENDING: "Not compared yet.",
        VendorServiceSyncStatus.SYNCED: "The same.",
        VendorServiceSyncStatus.DRIFTED: "The job type was changed at the vendor.",
        VendorServiceSyncStatus.NOT_FOUND: "The job type is gone or inactive.",
        VendorServiceSyncStatus.FAILED: "The last comparison failed.",
    },
)
