"""The bodies the stand-in accepts; written from the vendor's documents, apart from the client."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

Filled = Annotated[str, StringConstraints(min_length=1)]


class Body(BaseModel):
    """A body in camel case; unknown properties are refused."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class AddressBody(Body):
    """All but the unit is required."""

    street: Filled
    unit: str | None = None
    city: Filled
    state: Filled
    zip: Filled
    country: Filled


class ContactBody(Body):
    """One way to reach the customer."""

    type: Literal["Phone", "Email", "Fax", "MobilePhone"]
    value: Filled
    memo: str | None = None


class BookingBody(Body):
    """A booking to be created."""

    source: Filled
    name: Filled
    summary: Filled
    is_first_time_client: bool
    external_id: Filled
    address: AddressBody | None = None
    contacts: list[ContactBody] | None = None
    customer_type: Literal["Residential", "Commercial"] | None = None
    start: AwareDatetime | None = None
    campaign_id: int | None = None
    business_unit_id: int | None = None
    job_type_id: int | None = None
    priority: Literal["Low", "Normal", "High", "Urgent"] | None = None
    uploaded_images: list[str] | None = None
    is_send_confirmation_email: bool | None = None


class CapacityBody(Body):
    """A question about capacity."""

    starts_on_or_after: AwareDatetime
    ends_on_or_before: AwareDatetime
    business_unit_ids: list[int] | None = None
    job_type_id: int | None = None
    skill_based_availability: bool


class WebSessionBody(Body):
    """The web session of a booking."""

    landing_page_url: str | None = None
    referrer_url: str | None = None
    gclid: str | None = None
    gbraid: str | None = None
    wbraid: str | None = None
    fbclid: str | None = None
    msclkid: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_adgroup: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    google_analytics_client_id: str | None = None


class AttributionBody(Body):
    """The attribution of a booking."""

    booking_id: int
    web_session_data: WebSessionBody
