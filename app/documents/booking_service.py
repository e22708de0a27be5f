"""What a customer can book."""

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.content import ContentConfig
from app.domain.vendor import VendorData, VendorServiceSyncStatus


class BookingService(VersionedDocument):
    """A service, linked to a job type of the company's vendor system."""

    service_content: ContentConfig
    vendor_data: VendorData | None = None

    class Settings:
        name = "booking_services"
        indexes = [
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)], name="organization"),
            IndexModel(
                [("organization_id", ASCENDING), ("vendor_data.job_type_id", ASCENDING)],
                name="organization_job_type",
            ),
        ]

    @property
    def is_synced(self) -> bool:
        """Whether the vendor is known to have the service's job type as it is here."""
        vendor = self.vendor_data
        return vendor is not None and vendor.vendor_sync_status is VendorServiceSyncStatus.SYNCED
