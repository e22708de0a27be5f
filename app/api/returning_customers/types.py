"""A customer who has booked before, as their own session sees them."""

from datetime import datetime

import strawberry

from app.api.booking_questions.types import load_service
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.domain.values import EntityId
from app.loaders.base import OwnedId
from app.services import returning_customers as services


@strawberry.type(description="An earlier booking of the customer.")
class PreviousBooking:
    booked_at: datetime = strawberry.field(description="When it was made.")
    service_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The service booked; null when it was deleted.")
    def service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)


@strawberry.type(
    description="A customer who has booked before: the first letters of what is known of them, "
    "followed by the same three asterisks whatever is left out."
)
class ReturningCustomer:
    masked_name: str | None = strawberry.field(description="Such as `J*** D***`.")
    masked_phone: str | None = strawberry.field(description="The last two digits: `***99`.")
    masked_email: str | None = strawberry.field(description="Such as `j***@e***.com`.")
    masked_address: str | None = strawberry.field(description="Such as `1*** M*** S***, B***`.")
    previous_bookings: list[PreviousBooking] = strawberry.field(
        description="Up to five earlier bookings, the newest first."
    )

    @classmethod
    def from_service(
        cls, customer: services.ReturningCustomer, organization_id: EntityId
    ) -> "ReturningCustomer":
        """Return the customer in the schema's type."""
        return cls(
            masked_name=customer.masked.name,
            masked_phone=customer.masked.phone,
            masked_email=customer.masked.email,
            masked_address=customer.masked.address,
            previous_bookings=[
                PreviousBooking(
                    booked_at=each.booked_at, service_id=OwnedId(organization_id, each.service_id)
                )
                for each in customer.previous_bookings
            ],
        )
