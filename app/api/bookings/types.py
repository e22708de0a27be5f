"""Bookings as clients read them."""

from datetime import datetime

import strawberry

from app.api.booking_questions.types import load_service
from app.api.booking_services.types import BookingService
from app.api.booking_sessions.context_types import SessionContext
from app.api.bookings.change_types import BookingChange, to_changes
from app.api.bookings.enums import BookingStatus, VendorBookingSyncStatus
from app.api.bookings.vendor_enums import VendorBookingStatus, VendorNotice
from app.api.bookings.vendor_types import (
    AnswerGiven,
    Consent,
    VendorAttempt,
    to_answers,
    to_attempts,
    to_consent,
    to_notice,
)
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.scalars import JSON
from app.api.timeslots.types import Timeslot
from app.documents import booking as documents
from app.domain.access import SessionCredential
from app.loaders.base import OwnedId


@strawberry.type(description="A confirmed appointment.")
class Booking(Node):
    confirmation_code: str = strawberry.field(description="What a customer names on the telephone.")
    created_at: datetime = strawberry.field(description="When it was made.")
    timeslot: Timeslot | None = strawberry.field(
        description="When the visit is; null in a flow that asks for no time."
    )
    status: BookingStatus = strawberry.field(description="What became of it since it was made.")
    changes: list[BookingChange] = strawberry.field(
        description="Every change of it, the oldest first."
    )
    vendor_sync_status: VendorBookingSyncStatus | None = strawberry.field(
        description="How far it has come on its way to the vendor; null when it does not go there."
    )
    vendor_booking_id: str | None = strawberry.field(
        description="The vendor's own id of it; null until the vendor has it."
    )
    vendor_status: VendorBookingStatus | None = strawberry.field(
        description="What the office did with it at the vendor, as far as that is known."
    )
    vendor_job_id: str | None = strawberry.field(
        description="The vendor's id of the job that the office made of it."
    )
    vendor_notice: VendorNotice | None = strawberry.field(
        description="What was changed here since the vendor was told and the office must change "
        "there; null when the vendor is up to date."
    )
    answers: list[AnswerGiven] = strawberry.field(
        description="The questions that led to the service, with the answers, in the words the "
        "customer read."
    )
    customer: JSON = strawberry.field(description="What the customer step asked for, by field key.")
    details: JSON = strawberry.field(description="What the details steps asked for, by field key.")
    zipcode: str | None = strawberry.field(
        description="The zip code of the visit; null in a flow that asks for none."
    )
    consent: Consent | None = strawberry.field(
        description="What came of the text to agree to; null in a flow without one."
    )
    session_context: SessionContext = strawberry.field(
        description="Where the session came from that led to it: its attribution."
    )
    attempts: strawberry.Private[list[VendorAttempt]]
    service_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The service booked; null when it was deleted.")
    def service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)

    @strawberry.field(
        description="Every try to bring it to the vendor, the oldest first, at most the newest "
        "100; empty for a session token."
    )
    def vendor_attempts(self, info: Info) -> list[VendorAttempt]:
        # They tell of the company's credentials and its vendor, which is no customer's business.
        is_customer = isinstance(info.context.credential, SessionCredential)
        return [] if is_customer else self.attempts

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
            status=booking.status,
            changes=to_changes(booking.changes),
            vendor_sync_status=booking.vendor_sync_status,
            vendor_booking_id=booking.vendor_booking_id,
            vendor_status=booking.vendor_status,
            vendor_job_id=booking.vendor_job_id,
            vendor_notice=to_notice(booking),
            attempts=to_attempts(booking),
            answers=to_answers(booking),
            customer=JSON(booking.customer),
            details=JSON(booking.details),
            zipcode=booking.zipcode,
            consent=to_consent(booking),
            session_context=SessionContext.from_domain(booking.session_context),
            service_id=OwnedId(booking.organization_id, booking.service_id),
        )
