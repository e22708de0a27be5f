"""Bookings: what we create at the vendor, and what it says of them later."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from app.servicetitan.payloads.base import Payload, SentInstant, VendorInstant


class ContactType(StrEnum):
    """How a customer can be reached."""

    PHONE = "Phone"
    EMAIL = "Email"
    FAX = "Fax"
    MOBILE_PHONE = "MobilePhone"


class CustomerType(StrEnum):
    """Whether a home or a business is visited."""

    RESIDENTIAL = "Residential"
    COMMERCIAL = "Commercial"


class BookingPriority(StrEnum):
    """How urgent a visit is."""

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"
    URGENT = "Urgent"


class VendorBookingStatus(StrEnum):
    """What the company's office did with a booking."""

    NEW = "New"
    CONVERTED = "Converted"
    DISMISSED = "Dismissed"
    ACCEPTED = "Accepted"
    OTHER = "Other"
    """A status the vendor has added since."""

    @classmethod
    def _missing_(cls, value: object) -> Self:  # noqa: ARG003 - Enum's own signature.
        return cls("Other")


class BookingAddress(Payload):
    """Where the visit takes place; the vendor requires all but the unit."""

    street: str
    unit: str | None = None
    city: str
    state: str
    zip: str
    country: str


class NewContact(Payload):
    """One way to reach the customer."""

    type: ContactType
    value: Annotated[str, Field(repr=False)]
    memo: Annotated[str | None, Field(repr=False)] = None


class NewBooking(Payload):
    """What we ask the vendor to book; there is no end time, so the window is told in `summary`."""

    source: str
    name: Annotated[str, Field(repr=False)]
    summary: Annotated[str, Field(repr=False)]
    is_first_time_client: bool
    external_id: str
    address: Annotated[BookingAddress | None, Field(repr=False)] = None
    contacts: tuple[NewContact, ...] | None = None
    customer_type: CustomerType | None = None
    start: SentInstant | None = None
    campaign_id: int | None = None
    business_unit_id: int | None = None
    job_type_id: int | None = None
    priority: BookingPriority | None = None
    is_send_confirmation_email: bool | None = None


class VendorBooking(Payload):
    """A booking as the vendor keeps it; contacts are asked for apart."""

    id: int
    external_id: str | None = None
    status: VendorBookingStatus = VendorBookingStatus.OTHER
    booking_provider_id: int | None = None
    job_id: int | None = None
    dismissing_reason_id: int | None = None
    start: VendorInstant | None = None
    created_on: VendorInstant | None = None
    modified_on: VendorInstant | None = None


class VendorContact(Payload):
    """One way to reach the customer, as the vendor keeps it."""

    id: int | None = None
    type: str
    value: Annotated[str, Field(repr=False)]
    memo: Annotated[str | None, Field(repr=False)] = None
