"""Job types: the kinds of visit a company offers."""

from enum import StrEnum

from app.servicetitan.payloads.base import Payload, VendorInstant


class ActiveFilter(StrEnum):
    """Which rows a list gives; the vendor's own default is the active ones only."""

    ACTIVE = "True"
    INACTIVE = "False"
    ANY = "Any"


class JobType(Payload):
    """One job type; `duration` is in seconds."""

    id: int
    name: str
    active: bool = True
    summary: str | None = None
    priority: str | None = None
    duration: int | None = None
    business_unit_ids: tuple[int, ...] = ()
    created_on: VendorInstant | None = None
    modified_on: VendorInstant | None = None
