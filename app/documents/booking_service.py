"""What a customer can book."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel, UpdateOne
from app.domain.content import ContentConfig
from app.domain.values import EntityId
from app.domain.vendor import VendorData, VendorServiceSyncStatus, VendorType
from app.domain.vendor_sync import LinkedService, ServiceChange


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

    @classmethod
    async def list_linked(
        cls, organization_id: EntityId, vendor_type: VendorType
    ) -> list[LinkedService]:
        """Return the organization's services that are linked to the vendor, by id."""
        query = {
            "organization_id": organization_id,
            "vendor_data.vendor_type": vendor_type.value,
        }
        cursor = cls.get_motor_collection().find(query, {"vendor_data": 1}).sort("_id", ASCENDING)
        return [
            LinkedService(id=raw["_id"], vendor_data=raw["vendor_data"]) async for raw in cursor
        ]

    @classmethod
    async def write_links(
        cls, organization_id: EntityId, changes: Sequence[ServiceChange], *, now: datetime
    ) -> bool:
        """Write what a synchronization found, where the link still is the one compared.

        Return whether it was so for all of them. It is no edit: the versions stay, and nothing else
        of a service is touched.
        """
        updates = [
            UpdateOne(
                {
                    "_id": change.service_id,
                    "organization_id": organization_id,
                    "vendor_data.vendor_type": change.before.vendor_type.value,
                    "vendor_data.job_type_id": change.before.job_type_id,
                    "vendor_data.job_type_name": change.before.job_type_name,
                },
                {"$set": _link_fields(change.after, now)},
            )
            for change in changes
        ]
        if not updates:
            return True
        result = await cls.get_motor_collection().bulk_write(updates, ordered=False)
        return bool(result.matched_count == len(updates))

    @classmethod
    async def mark_compared(
        cls, organization_id: EntityId, vendor_type: VendorType, *, now: datetime
    ) -> None:
        """Note when the links were last compared; those made meanwhile were not."""
        await cls.get_motor_collection().update_many(
            {
                "organization_id": organization_id,
                "vendor_data.vendor_type": vendor_type.value,
                "vendor_data.vendor_sync_status": {"$ne": VendorServiceSyncStatus.PENDING.value},
            },
            {"$set": {"vendor_data.last_synced_at": now}},
        )


def _link_fields(link: VendorData, now: datetime) -> dict[str, Any]:
    return {
        "vendor_data.job_type_name": link.job_type_name,
        "vendor_data.vendor_job_type_name": link.vendor_job_type_name,
        "vendor_data.vendor_sync_status": link.vendor_sync_status.value,
        "vendor_data.last_synced_at": now,
    }
