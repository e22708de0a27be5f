"""What a synchronization with the vendor found."""

import strawberry

from app.api.booking_services.enums import VendorServiceSyncStatus
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.usage import BookingFlowUser, load_users
from app.domain import vendor_sync as domain
from app.domain.usage import UsedKind
from app.domain.values import EntityId
from app.loaders.base import OwnedId
from app.services.vendor.job_types import SyncOutcome


@strawberry.type(description="A job type of the vendor.")
class VendorJobType:
    id: str = strawberry.field(description="Its id at the vendor.")
    name: str = strawberry.field(description="Its name at the vendor.")


@strawberry.type(description="A service that is not what its job type is.")
class VendorSyncDifference:
    vendor_sync_status: VendorServiceSyncStatus = strawberry.field(
        description="How they differ: DRIFTED, NOT_FOUND or FAILED."
    )
    job_type_id: str = strawberry.field(description="The job type's id at the vendor.")
    job_type_name: str | None = strawberry.field(
        description="The job type's name as editors know it."
    )
    vendor_job_type_name: str | None = strawberry.field(
        description="Its name at the vendor now, or the last one known."
    )
    service_key: strawberry.Private[OwnedId]

    @strawberry.field(description="The service; null when it was deleted meanwhile.")
    async def booking_service(self, info: Info) -> BookingService | None:
        found = await info.context.loaders.services.load(self.service_key)
        return None if found is None else BookingService.from_document(found)

    @strawberry.field(description="The flows whose published revision offers the service.")
    async def published_flows(self, info: Info) -> list[BookingFlowUser]:
        users = await load_users(info, UsedKind.BOOKING_SERVICE, self.service_key)
        return [
            user
            for user in users
            if isinstance(user, BookingFlowUser) and user.in_published_revision
        ]

    @classmethod
    def from_domain(
        cls, service: domain.LinkedService, organization_id: EntityId
    ) -> "VendorSyncDifference":
        """Return the difference in the schema's type."""
        link = service.vendor_data
        return cls(
            vendor_sync_status=link.vendor_sync_status,
            job_type_id=link.job_type_id,
            job_type_name=link.job_type_name,
            vendor_job_type_name=link.vendor_job_type_name,
            service_key=OwnedId(organization_id, service.id),
        )


@strawberry.type(
    description="What a synchronization came to. Every linked service is counted once, besides the "
    "new ones."
)
class VendorSyncReport:
    created_count: int = strawberry.field(description="New services made from job types.")
    updated_count: int = strawberry.field(description="Services that have become SYNCED.")
    drifted_count: int = strawberry.field(
        description="Services whose job type has another name by now."
    )
    not_found_count: int = strawberry.field(
        description="Services whose job type is gone or inactive."
    )
    failed_count: int = strawberry.field(
        description="Services whose job type the vendor gave no usable answer about."
    )
    unchanged_count: int = strawberry.field(description="Services that were SYNCED and still are.")
    is_full: bool = strawberry.field(
        description="Whether every job type was read, not only those changed since last time."
    )
    differences: list[VendorSyncDifference] = strawberry.field(
        description="The services that are DRIFTED, NOT_FOUND or FAILED."
    )
    new_job_types: list[VendorJobType] = strawberry.field(
        description="The active job types among those read that no service was linked to."
    )
    created_services: list[BookingService] = strawberry.field(
        description="The new services; empty in a dry run."
    )

    @classmethod
    def from_outcome(cls, outcome: SyncOutcome, organization_id: EntityId) -> "VendorSyncReport":
        """Return the outcome in the schema's type."""
        plan = outcome.plan
        return cls(
            **plan.report.model_dump(),
            is_full=outcome.is_full,
            differences=[
                VendorSyncDifference.from_domain(service, organization_id)
                for service in plan.differences
            ],
            new_job_types=[
                VendorJobType(id=fact.id, name=fact.name or fact.id) for fact in plan.unlinked
            ],
            created_services=[BookingService.from_document(each) for each in outcome.created],
        )
