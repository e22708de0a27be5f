"""Capacity: when the company's technicians have time."""

from app.servicetitan.payloads.base import Payload, SentInstant, VendorInstant


class CapacityQuery(Payload):
    """The half-open time range asked about, and what for."""

    starts_on_or_after: SentInstant
    ends_on_or_before: SentInstant
    business_unit_ids: tuple[int, ...] | None = None
    job_type_id: int | None = None
    skill_based_availability: bool = False


class Technician(Payload):
    """A technician who may be sent."""

    id: int
    name: str | None = None
    status: str | None = None
    has_required_skills: bool | None = None


class Availability(Payload):
    """One window of the company's calendar; availabilities are in hours of work."""

    start_utc: VendorInstant
    end_utc: VendorInstant
    business_unit_ids: tuple[int, ...] = ()
    total_availability: float = 0
    open_availability: float = 0
    technicians: tuple[Technician, ...] = ()
    is_available: bool = False
    is_exceeding_ideal_booking_percentage: bool = False


class Capacity(Payload):
    """The windows the company's calendar has; none is an answer too."""

    time_stamp: VendorInstant | None = None
    availabilities: tuple[Availability, ...]
