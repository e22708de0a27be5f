"""Editing services."""

import strawberry

from app.api.booking_services.inputs import (
    CreateBookingServiceInput,
    DeleteBookingServiceInput,
    UpdateBookingServiceInput,
)
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.inputs import read_given
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.usage import naming_users
from app.api.user_errors import MutationPayload
from app.domain.vendor import BookingServiceContent
from app.services import booking_services


@strawberry.type(description="The outcome of `createBookingService`.")
class CreateBookingServicePayload(MutationPayload):
    booking_service: BookingService | None = strawberry.field(
        default=None, description="The new service; null when it was refused."
    )


@strawberry.type(description="The outcome of `updateBookingService`.")
class UpdateBookingServicePayload(MutationPayload):
    booking_service: BookingService | None = strawberry.field(
        default=None, description="The service as it is now; null when it was refused."
    )


@strawberry.type(description="The outcome of `deleteBookingService`.")
class DeleteBookingServicePayload(MutationPayload):
    booking_service: BookingService | None = strawberry.field(
        default=None, description="The service as it was; null when it was refused."
    )


@strawberry.type
class BookingServiceMutations:
    @mutation(description="Create a service.", access=Access.EDITOR)
    async def create_booking_service(
        self, info: Info, input: CreateBookingServiceInput
    ) -> CreateBookingServicePayload:
        given = read_given(input, BookingServiceContent)
        service = await booking_services.create_booking_service(given, author=info.context.author)
        return CreateBookingServicePayload(booking_service=BookingService.from_document(service))

    @mutation(description="Change a service.", access=Access.EDITOR)
    async def update_booking_service(
        self, info: Info, input: UpdateBookingServiceInput
    ) -> UpdateBookingServicePayload:
        booking_service = await booking_services.update_booking_service(
            read_patch(input), author=info.context.author
        )
        return UpdateBookingServicePayload(
            booking_service=BookingService.from_document(booking_service)
        )

    @mutation(
        description="Delete a service that no flow or answer refers to.", access=Access.EDITOR
    )
    async def delete_booking_service(
        self, info: Info, input: DeleteBookingServiceInput
    ) -> DeleteBookingServicePayload:
        booking_service = await naming_users(
            booking_services.delete_booking_service(
                read_deletion(input), author=info.context.author
            )
        )
        return DeleteBookingServicePayload(
            booking_service=BookingService.from_document(booking_service)
        )
