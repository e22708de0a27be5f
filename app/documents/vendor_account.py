"""An organization's account with its field-service system."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from app.documents.base import VersionedDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.values import EntityId
from app.domain.vendor import VendorType
from app.domain.vendor_account import CapacityOutagePolicy, JobTypeSyncState


class VendorAccount(VersionedDocument):
    """The vendor's tenant of an organization; an organization has one at most.

    `sealed_credentials` can be opened by `VendorCredentialsCipher` only.
    """

    vendor_type: VendorType = VendorType.SERVICETITAN
    tenant_id: int
    sealed_credentials: str = Field(repr=False)
    booking_provider_id: int
    business_unit_id: int | None = None
    campaign_id: int | None = None
    capacity_enabled: bool = False
    capacity_outage_policy: CapacityOutagePolicy = CapacityOutagePolicy.OFFER_WINDOWS
    connected_at: datetime
    job_type_sync: JobTypeSyncState = JobTypeSyncState()

    class Settings:
        name = "vendor_accounts"
        indexes = [
            IndexModel([("organization_id", ASCENDING)], name="organization", unique=True),
            IndexModel([("job_type_sync.attempted_at", ASCENDING)], name="job_types_attempted"),
        ]

    @classmethod
    async def find_of(cls, organization_id: EntityId) -> "VendorAccount | None":
        """Return the organization's account, or None when it is not connected."""
        return await cls.find_one({"organization_id": organization_id})

    @classmethod
    async def list_due_for_sync(
        cls, *, not_since: datetime
    ) -> list[tuple[EntityId, datetime | None]]:
        """Return the organizations whose job types nobody tried to synchronize since.

        With each comes when that was tried last, None for never.
        """
        found: list[tuple[EntityId, datetime | None]] = []
        # Two commands: the database scans the whole collection for a condition with `$or`.
        for attempted_at in (None, {"$lte": not_since}):
            query = {"job_type_sync.attempted_at": attempted_at}
            fields = {"organization_id": 1, "job_type_sync.attempted_at": 1}
            async for raw in cls.get_motor_collection().find(query, fields):
                last = raw.get("job_type_sync", {}).get("attempted_at")
                found.append((raw["organization_id"], last))
        return found

    @classmethod
    async def take_sync_turn(
        cls, organization_id: EntityId, last: datetime | None, *, now: datetime
    ) -> bool:
        """Note that a synchronization is tried; False when another worker was faster."""
        result = await cls.get_motor_collection().update_one(
            {"organization_id": organization_id, "job_type_sync.attempted_at": last},
            {"$set": {"job_type_sync.attempted_at": now}},
        )
        return bool(result.modified_count)

    async def take_sync_lease(self, lease_id: str, *, now: datetime, until: datetime) -> bool:
        """Keep every other synchronization of job types out until then; False when one runs.

        The account as it is stored decides, not this copy of it.
        """
        collection = self.get_motor_collection()
        lease = {
            "$set": {
                "job_type_sync.lease_id": lease_id,
                "job_type_sync.lease_until": until,
                "job_type_sync.attempted_at": now,
            }
        }
        # Two commands: the database scans the whole collection for a condition with `$or`.
        for free in ({"$lte": now}, None):
            result = await collection.update_one(
                {"_id": self.id, "job_type_sync.lease_until": free}, lease
            )
            if result.modified_count:
                return True
        return False

    async def give_sync_lease_back(self, lease_id: str) -> None:
        """End the lease, unless it is another's by now."""
        await self.get_motor_collection().update_one(
            {"_id": self.id, "job_type_sync.lease_id": lease_id},
            {"$set": {"job_type_sync.lease_id": None, "job_type_sync.lease_until": None}},
        )

    async def record_sync(self, lease_id: str, progress: Mapping[str, datetime | None]) -> None:
        """Keep how far job types were read, unless the lease was lost meanwhile."""
        fields = {f"job_type_sync.{name}": value for name, value in progress.items()}
        await self.get_motor_collection().update_one(
            {"_id": self.id, "job_type_sync.lease_id": lease_id}, {"$set": fields}
        )
