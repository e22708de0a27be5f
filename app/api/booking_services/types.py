"""Services as clients read them."""

from datetime import datetime

import strawberry

from app.api.booking_services.enums import VendorServiceSyncStatus, VendorType
from app.api.content import ContentConfig
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.permissions import Access, AccessExtension
from app.api.usage import EntityUser, load_users
from app.documents import booking_service as documents
from app.domain import vendor
from app.domain.usage import UsedKind
from app.loaders.base import OwnedId


@strawberry.type(description="The link from a service to a job type of the vendor's system.")
class VendorData:
    vendor_type: VendorType = strawberry.field(description="The vendor's system.")
    job_type_id: str = strawberry.field(description="The job type's id at the vendor.")
    job_type_name: str | None = strawberry.field(
        description="The job type's name as editors know it."
    )
    vendor_job_type_name: str | None = strawberry.field(
        description="Its name at the vendor when last compared; another one when it is DRIFTED. "
        "Null before the first time."
    )
    vendor_sync_status: VendorServiceSyncStatus = strawberry.field(
        description="What the last synchronization found."
    )
    last_synced_at: datetime | None = strawberry.field(
        description="When the vendor was last asked; null before the first time."
    )

    @classmethod
    def from_domain(cls, data: vendor.VendorData) -> "VendorData":
        """Return the link in the schema's type."""
        return cls(
            vendor_type=data.vendor_type,
            job_type_id=data.job_type_id,
            job_type_name=data.job_type_name,
            vendor_job_type_name=data.vendor_job_type_name,
            vendor_sync_status=data.vendor_sync_status,
            last_synced_at=data.last_synced_at,
        )


@strawberry.type(description="What a customer can book.")
class BookingService(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    service_content: ContentConfig = strawberry.field(description="What a customer reads.")
    owned_id: strawberry.Private[OwnedId]
    link: strawberry.Private[vendor.VendorData | None]

    @strawberry.field(
        description="The job type it is booked as; null when it is not linked.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    def vendor_data(self) -> VendorData | None:
        return None if self.link is None else VendorData.from_domain(self.link)

    @strawberry.field(
        description="The flows and questions that refer to the service.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def used_by(self, info: Info) -> list[EntityUser]:
        return await load_users(info, UsedKind.BOOKING_SERVICE, self.owned_id)

    @classmethod
    def from_document(cls, service: documents.BookingService) -> "BookingService":
        """Return the service in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_SERVICE, service.id),
            version=service.version,
            service_content=ContentConfig.from_domain(service.service_content),
            owned_id=OwnedId(service.organization_id, service.id),
            link=service.vendor_data,
        )
