"""Erasing a customer's personal data."""

import strawberry

from app.api.context import Info
from app.api.permissions import Access, mutation
from app.api.personal_data.enums import ErasureStatus
from app.api.scalars import EmailAddress, PhoneNumber
from app.api.user_errors import MutationPayload
from app.documents.erasure_request import ErasureRequest
from app.services.personal_data.persons import read_contact
from app.services.personal_data.requests import erase_personal_data


@strawberry.input(description="Whose data to erase: give an e-mail address, a number, or both.")
class ErasePersonalDataInput:
    email: EmailAddress | None = strawberry.field(
        default=None, description="The customer's e-mail address, in any case."
    )
    phone: PhoneNumber | None = strawberry.field(
        default=None, description="The customer's phone number with its country, as `+17815550142`."
    )


@strawberry.type(description="What was erased.")
class PersonalDataErasure:
    status: ErasureStatus = strawberry.field(description="How far it has come.")
    session_count: int = strawberry.field(description="Sessions something was erased of.")
    event_count: int = strawberry.field(description="Events something was erased of.")
    booking_count: int = strawberry.field(description="Bookings something was erased of.")

    @classmethod
    def from_document(cls, request: ErasureRequest) -> "PersonalDataErasure":
        """Return what came of a request in the schema's type."""
        return cls(
            status=request.status,
            session_count=request.session_count,
            event_count=request.event_count,
            booking_count=request.booking_count,
        )


@strawberry.type(description="The outcome of `erasePersonalData`.")
class ErasePersonalDataPayload(MutationPayload):
    erasure: PersonalDataErasure | None = strawberry.field(
        default=None, description="What was erased; null when it was refused."
    )


@strawberry.type
class PersonalDataMutations:
    @mutation(
        description=(
            "Erase a customer's personal data from the organization's sessions, events and "
            "bookings, for good; counts and reports stay as they are. Sessions going on are closed."
        ),
        access=Access.OWNER,
    )
    async def erase_personal_data(
        self, info: Info, input: ErasePersonalDataInput
    ) -> ErasePersonalDataPayload:
        contact = read_contact(email=input.email, phone=input.phone)
        request = await erase_personal_data(contact, author=info.context.author)
        return ErasePersonalDataPayload(erasure=PersonalDataErasure.from_document(request))
