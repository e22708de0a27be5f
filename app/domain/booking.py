"""What a completed session comes to."""

from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from app.domain.instants import Instant
from app.domain.values import EntityId, Value
from app.domain.vendor_push import PushOutcome


class BookingStatus(StrEnum):
    """What became of a booking since it was made."""

    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class BookingChanger(StrEnum):
    """Who changed a booking."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Timeslot(Value):
    """A visit window, half-open, in UTC."""

    start_time: datetime
    end_time: datetime


class BookingChange(Value):
    """One change of a booking; the new timeslot is None when it was cancelled.

    `api_key_id` is the key that changed it, None for the customer.
    """

    at: datetime
    changed_by: BookingChanger
    api_key_id: EntityId | None = None
    reason: str | None = None
    old_timeslot: Timeslot | None = None
    new_timeslot: Timeslot | None = None


class VendorAttempt(Value):
    """One try to tell the vendor of a booking; `detail` holds no personal data and no secret."""

    at: Instant
    outcome: PushOutcome
    detail: str | None = None


class Consent(Value):
    """Whether the customer agreed to a text, in its words at that time."""

    text: str
    is_given: bool
    recorded_at: Instant


class AnswerGiven(Value):
    """A question of the path and its answer, in the words the customer read.

    None stands for a question or a service that was deleted before the customer was through.
    """

    question: str | None
    answer: str | None


CustomerDetails = dict[str, JsonValue]
