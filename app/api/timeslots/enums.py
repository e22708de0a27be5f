"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.vendor_capacity import UnavailabilityReason

__all__ = [
    "UnavailabilityReason",
]

expose_enum(
    UnavailabilityReason,
    name="TimeslotUnavailabilityReason",
    description="Why no times are offered although the calendar may have some.",
    values={
        UnavailabilityReason.VENDOR_UNREACHABLE: "The company's own system cannot be asked when "
        "there is time; show the fallback phone number.",
    },
)
