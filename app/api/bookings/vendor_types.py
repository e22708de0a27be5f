"""A booking's way to the vendor, and what it told us itself, as clients read them."""

from datetime import datetime

import strawberry

from app.api.bookings.vendor_enums import PushOutcome, VendorNotice
from app.documents import booking as documents
from app.domain.vendor_notice import find_notice


@strawberry.type(description="One try to bring a booking to the vendor.")
class VendorAttempt:
    at: datetime = strawberry.field(description="When it was made.")
    outcome: PushOutcome = strawberry.field(description="How it ended.")
    detail: str | None = strawberry.field(
        description="What the vendor or the network said, without the customer's data."
    )


@strawberry.type(description="A question the customer was asked, with the answer given.")
class AnswerGiven:
    question: str | None = strawberry.field(
        description="The question as the customer read it; null when it had been deleted."
    )
    answer: str | None = strawberry.field(
        description="The answer, or the service chosen; null when that had been deleted."
    )


@strawberry.type(description="Whether a customer agreed to a text.")
class Consent:
    text: str = strawberry.field(description="The text as the customer read it.")
    is_given: bool = strawberry.field(description="Whether the customer agreed.")
    recorded_at: datetime = strawberry.field(description="When that was recorded.")


def to_attempts(booking: documents.Booking) -> list[VendorAttempt]:
    """Return the tries in the schema's type, the oldest first."""
    return [VendorAttempt(**dict(attempt)) for attempt in booking.vendor_attempts]


def to_answers(booking: documents.Booking) -> list[AnswerGiven]:
    """Return the answers in the schema's type, in the order they were given."""
    return [AnswerGiven(**dict(answer)) for answer in booking.answers]


def to_consent(booking: documents.Booking) -> Consent | None:
    """Return the consent in the schema's type."""
    return None if booking.consent is None else Consent(**dict(booking.consent))


def to_notice(booking: documents.Booking) -> VendorNotice | None:
    """Return what the office must change at the vendor."""
    return find_notice(
        status=booking.status,
        timeslot=booking.timeslot,
        is_at_vendor=booking.vendor_booking_id is not None,
        vendor_start=booking.vendor_start,
    )
