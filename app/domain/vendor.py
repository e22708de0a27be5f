"""The link from our entities to the company's field-service system."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from app.domain.content import ContentConfig
from app.domain.values import Title, Value


class VendorType(StrEnum):
    """The field-service systems we can book into."""

    SERVICETITAN = "servicetitan"


class VendorServiceSyncStatus(StrEnum):
    """How a service compares with the vendor's job type at the last synchronization."""

    PENDING = "pending"
    SYNCED = "synced"
    DRIFTED = "drifted"
    NOT_FOUND = "not_found"
    FAILED = "failed"


class VendorBookingSyncStatus(StrEnum):
    """How far a booking has come on its way to the vendor."""

    PENDING = "pending"
    SYNCED = "synced"
    FAILED = "failed"


class VendorBookingStatus(StrEnum):
    """What the company's office did with a booking at the vendor."""

    NEW = "new"
    CONVERTED = "converted"
    DISMISSED = "dismissed"
    ACCEPTED = "accepted"
    OTHER = "other"
    """A status the vendor has added since."""


class VendorDataContent(Value):
    """What an editor writes of the link: the vendor and its job type."""

    vendor_type: VendorType
    job_type_id: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    job_type_name: Title | None = None


class VendorData(VendorDataContent):
    """The link with what the last synchronization found.

    `job_type_name` is the name our editors know, `vendor_job_type_name` the vendor's at that time.
    """

    vendor_job_type_name: str | None = None
    vendor_sync_status: VendorServiceSyncStatus = VendorServiceSyncStatus.PENDING
    last_synced_at: datetime | None = None

    def renamed(self, name: str | None) -> "VendorData":
        """Return the link to the same job type under the name an editor gave it.

        Taking over the vendor's name settles a drift at once; no name takes it over too.
        """
        name = name or self.vendor_job_type_name
        status = self.vendor_sync_status
        was_compared = status in (VendorServiceSyncStatus.SYNCED, VendorServiceSyncStatus.DRIFTED)
        if was_compared and self.vendor_job_type_name is not None:
            is_same = name == self.vendor_job_type_name
            status = VendorServiceSyncStatus.SYNCED if is_same else VendorServiceSyncStatus.DRIFTED
        return self.model_copy(update={"job_type_name": name, "vendor_sync_status": status})


class BookingServiceContent(Value):
    """What an editor writes of a service."""

    service_content: ContentConfig
    vendor_data: VendorDataContent | None = None
