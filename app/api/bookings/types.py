"""Bookings as clients read them."""

from datetime import datetime

import strawberry

from app.api.booking_questions.types import load_service
from app.api.booking_services.types import BookingService
from app.api.bookings.enums import VendorBookingSyncStatus
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.timeslots.types import Timeslot
from app.documents import booking as documents
from app.loaders.base import OwnedId


@strawberry.type(description="One try to bring a booking to the vendor.")
class VendorAttempt:
    at: datetime = strawberry.field(description="When it was made.")
    outcome: str = strawberry.field(description="How it ended.")
    detail: str | None = strawberry.field(description="What the vendor or the network said.")


@strawberry.type(description="A confirmed appointment.")
class Booking(Node):
    confirmation_code: str = strawberry.field(description="What a customer names on the telephone.")
    created_at: datetime = strawberry.field(description="When it was made.")
    timeslot: Timeslot | None = strawberry.field(
        description="When the visit is; null in a flow that asks for no time."
    )
    vendor_sync_status: VendorBookingSyncStatus = strawberry.field(
        description="How far it has come on its way to the vendor."
    )
    vendor_booking_id: str | None = strawberry.field(
        description="The vendor's own id of it; null until the vendor has it."
    )
    vendor_attempts: list[VendorAttempt] = strawberry.field(
        description="Every try to bring it to the vendor, the oldest first."
    )
    service_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The service booked; null when it was deleted.")
    async def service(self, info: Info) -> BookingService | None:
        return await load_service(info, self.service_id)

    @classmethod
    def from_document(cls, booking: documents.Booking) -> "Booking":
        """Return the booking in the schema's type."""
        slot = booking.timeslot
        return cls(
            id=encode_id(EntityType.BOOKING, booking.id),
            confirmation_code=booking.confirmation_code,
            created_at=booking.created_at,
            timeslot=None
            if slot is None
            else Timeslot(start_time=slot.start_time, end_time=slot.end_time),
            vendor_sync_status=booking.vendor_sync_status,
            vendor_booking_id=booking.vendor_booking_id,
            vendor_attempts=[VendorAttempt(**dict(attempt)) for attempt in booking.vendor_attempts],
            service_id=OwnedId(booking.organization_id, booking.service_id),
        )
