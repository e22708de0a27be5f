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


class VendorDataContent(Value):
    """What an editor writes of the link: the vendor and its job type."""

    vendor_type: VendorType
    job_type_id: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    job_type_name: Title | None = None


class VendorData(VendorDataContent):
    """The link with what the last synchronization found."""

    vendor_sync_status: VendorServiceSyncStatus = VendorServiceSyncStatus.PENDING
    last_synced_at: datetime | None = None


class BookingServiceContent(Value):
    """What an editor writes of a service."""

    service_content: ContentConfig
    vendor_data: VendorDataContent | None = None
