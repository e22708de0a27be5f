"""Services as clients write them."""

import strawberry

from app.api.booking_services.enums import VendorType
from app.api.content import ContentConfigInput
from app.api.ids import EntityType
from app.api.inputs import refers_to


@strawberry.input(description="The job type a service is booked as.")
class VendorDataInput:
    vendor_type: VendorType = strawberry.field(description="The vendor's system.")
    job_type_id: str = strawberry.field(description="The job type's id at the vendor.")
    job_type_name: str | None = strawberry.field(
        default=strawberry.UNSET, description="The job type's name at the vendor."
    )


@strawberry.input(description="A new service.")
class CreateBookingServiceInput:
    service_content: ContentConfigInput = strawberry.field(description="What a customer reads.")
    vendor_data: VendorDataInput | None = strawberry.field(
        default=strawberry.UNSET, description="The job type it is booked as."
    )


@strawberry.input(description="Changes of a service; what is left out stays as it is.")
class UpdateBookingServiceInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.BOOKING_SERVICE)
    )
    expected_version: int = strawberry.field(description="The version the editor has seen.")
    service_content: ContentConfigInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="The whole of what a customer reads.",
    )
    vendor_data: VendorDataInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="The job type it is booked as; null takes the link away.",
    )


@strawberry.input(description="Which to delete.")
class DeleteBookingServiceInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.BOOKING_SERVICE)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version the editor has seen; any version when it is left out.",
    )
