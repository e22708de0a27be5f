"""Editing services."""

import strawberry

from app.api.booking_services.inputs import CreateBookingServiceInput
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.inputs import read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import UserError
from app.domain.vendor import BookingServiceContent
from app.services import booking_services


@strawberry.type(description="The outcome of `createBookingService`.")
class CreateBookingServicePayload:
    booking_service: BookingService | None = strawberry.field(
        default=None, description="The new service; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type
class BookingServiceMutations:
    @mutation(description="Create a service.", access=Access.EDITOR)
    async def create_booking_service(
        self, info: Info, input: CreateBookingServiceInput
    ) -> CreateBookingServicePayload:
        content = read_input(input, BookingServiceContent)
        service = await booking_services.create_booking_service(content, author=info.context.author)
        return CreateBookingServicePayload(booking_service=BookingService.from_document(service))
