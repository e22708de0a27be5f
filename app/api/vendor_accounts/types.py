"""The vendor account as its organization reads it."""

from datetime import datetime

import strawberry

from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.vendor_accounts.enums import CapacityOutagePolicy, VendorType
from app.documents import vendor_account as documents


@strawberry.type(
    description="The organization's account with its field-service system; its credentials cannot "
    "be read."
)
class VendorAccount(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    vendor_type: VendorType = strawberry.field(description="The vendor's system.")
    tenant_id: str = strawberry.field(description="The company's tenant.")
    booking_provider_id: str = strawberry.field(
        description="The booking provider that bookings come from."
    )
    business_unit_id: str | None = strawberry.field(
        description="The business unit of bookings; null when the vendor shall choose."
    )
    campaign_id: str | None = strawberry.field(
        description="The campaign bookings count for; null for none."
    )
    capacity_enabled: bool = strawberry.field(
        description="Whether only times are offered at which the vendor has room."
    )
    capacity_outage_policy: CapacityOutagePolicy = strawberry.field(
        description="What customers see while the vendor cannot be asked."
    )
    connected_at: datetime = strawberry.field(
        description="When the vendor last accepted the credentials."
    )
    job_types_synced_at: datetime | None = strawberry.field(
        description="When services were last compared with job types; null before the first time."
    )
    job_types_fully_synced_at: datetime | None = strawberry.field(
        description="When every job type was last read, not only changed ones; null before the "
        "first time."
    )

    @classmethod
    def from_document(cls, account: documents.VendorAccount) -> "VendorAccount":
        """Return the account in the schema's type."""
        return cls(
            id=encode_id(EntityType.VENDOR_ACCOUNT, account.id),
            version=account.version,
            vendor_type=account.vendor_type,
            tenant_id=str(account.tenant_id),
            booking_provider_id=str(account.booking_provider_id),
            business_unit_id=_to_text(account.business_unit_id),
            campaign_id=_to_text(account.campaign_id),
            capacity_enabled=account.capacity_enabled,
            capacity_outage_policy=account.capacity_outage_policy,
            connected_at=account.connected_at,
            job_types_synced_at=account.job_type_sync.last_synced_at,
            job_types_fully_synced_at=account.job_type_sync.last_full_at,
        )


def _to_text(number: int | None) -> str | None:
    return None if number is None else str(number)
