"""Bringing bookings to the vendor after all."""

import strawberry

from app.api.bookings.types import Booking
from app.api.context import Info
from app.api.ids import EntityType
from app.api.inputs import read_input, refers_to
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.services.vendor import retrying


@strawberry.input(description="The booking to bring to the vendor after all.")
class RetryVendorBookingInput:
    id: strawberry.ID = strawberry.field(
        description="The booking; its `vendorSyncStatus` is FAILED.",
        metadata=refers_to(EntityType.BOOKING),
    )


@strawberry.type(description="The outcome of `retryVendorBooking`.")
class RetryVendorBookingPayload(MutationPayload):
    booking: Booking | None = strawberry.field(
        default=None, description="The booking, PENDING again; null when it was refused."
    )


@strawberry.type
class VendorBookingMutations:
    @mutation(
        description="Try again to bring a booking to the vendor that was given up, at once. "
        "Should it have arrived after all, it is found and not sent twice.",
        access=Access.EDITOR,
    )
    async def retry_vendor_booking(
        self, info: Info, input: RetryVendorBookingInput
    ) -> RetryVendorBookingPayload:
        command = read_input(input, retrying.RetryVendorBooking)
        booking = await retrying.retry_vendor_booking(command, author=info.context.author)
        return RetryVendorBookingPayload(booking=Booking.from_document(booking))
