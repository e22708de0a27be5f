"""Changing bookings: by the office, and by the customer whose session led to one."""

import strawberry

from app.api.bookings.inputs import CancelBookingInput, RescheduleBookingInput
from app.api.bookings.types import Booking
from app.api.context import Info, RequestContext
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.domain.access import SessionCredential
from app.services.bookings import cancel, reschedule
from app.services.bookings.changing import Changer


@strawberry.type(description="The outcome of `rescheduleBooking`.")
class RescheduleBookingPayload(MutationPayload):
    booking: Booking | None = strawberry.field(
        default=None, description="The booking as it is now; null when nothing was changed."
    )


@strawberry.type(description="The outcome of `cancelBooking`.")
class CancelBookingPayload(MutationPayload):
    booking: Booking | None = strawberry.field(
        default=None, description="The cancelled booking; null when it was refused."
    )


def _changer(context: RequestContext) -> Changer:
    """Return who asks; raises RequestError for a key that may not edit."""
    match context.credential:
        case SessionCredential() as credential:
            return Changer(credential=credential, now=context.now)
        case _:
            return Changer(credential=context.author.credential, now=context.now)


@strawberry.type
class BookingMutations:
    @mutation(
        description="Move a visit to another time. The old place is given back only once the new "
        "one is taken; asked again, it changes nothing more.",
        access=Access.SESSION_OR_EDITOR,
    )
    async def reschedule_booking(
        self, info: Info, input: RescheduleBookingInput
    ) -> RescheduleBookingPayload:
        changer = _changer(info.context)
        command = read_input(input, reschedule.RescheduleBooking)
        booking = await reschedule.reschedule_booking(command, changer=changer)
        return RescheduleBookingPayload(booking=Booking.from_document(booking))

    @mutation(
        description="Call a booking off and give its place back; asked again, it changes nothing "
        "more.",
        access=Access.SESSION_OR_EDITOR,
    )
    async def cancel_booking(self, info: Info, input: CancelBookingInput) -> CancelBookingPayload:
        changer = _changer(info.context)
        command = read_input(input, cancel.CancelBooking)
        booking = await cancel.cancel_booking(command, changer=changer)
        return CancelBookingPayload(booking=Booking.from_document(booking))
