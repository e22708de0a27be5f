"""Services as clients write them."""

import strawberry

from app.api.booking_services.enums import VendorType
from app.api.content import ContentConfigInput


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
