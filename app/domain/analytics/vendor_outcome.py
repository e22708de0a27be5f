"""What became of bookings at the company's field-service system."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.domain.analytics.rates import quotient
from app.domain.booking import BookingStatus
from app.domain.values import Value
from app.domain.vendor import VendorBookingStatus, VendorBookingSyncStatus


class VendorState(NamedTuple):
    """How a booking stands; None where the vendor was not told, or has not answered."""

    status: BookingStatus
    sync_status: VendorBookingSyncStatus | None
    vendor_status: VendorBookingStatus | None
    has_job: bool

    @classmethod
    def of(
        cls, status: str, sync_status: str | None, vendor_status: str | None, has_job: bool
    ) -> "VendorState":
        """Return the state of what is stored."""
        return cls(
            BookingStatus(status),
            None if sync_status is None else VendorBookingSyncStatus(sync_status),
            None if vendor_status is None else VendorBookingStatus(vendor_status),
            has_job,
        )


class VendorCount(NamedTuple):
    """How many bookings stand alike."""

    state: VendorState
    bookings: int


class VendorOutcome(Value):
    """Bookings on their way to being jobs.

    `known_count` are those of which the vendor has said anything; of these `job_count` are jobs
    there and `dismissed_count` were dismissed by the office.
    """

    booked_count: int
    cancelled_count: int
    synced_count: int
    pending_count: int
    failed_count: int
    known_count: int
    job_count: int
    dismissed_count: int

    @property
    def job_rate(self) -> float | None:
        """The part of the bookings whose state at the vendor is known that are jobs, 0 to 1."""
        return quotient(self.job_count, self.known_count)


def sum_up_vendor(counts: Iterable[VendorCount]) -> VendorOutcome:
    """Return the outcome of the bookings counted."""
    counts = list(counts)

    def total(is_meant: Callable[[VendorState], bool]) -> int:
        return sum(count.bookings for count in counts if is_meant(count.state))

    def at(sync_status: VendorBookingSyncStatus) -> int:
        return total(lambda state: state.sync_status is sync_status)

    return VendorOutcome(
        booked_count=total(lambda _: True),
        cancelled_count=total(lambda state: state.status is BookingStatus.CANCELLED),
        synced_count=at(VendorBookingSyncStatus.SYNCED),
        pending_count=at(VendorBookingSyncStatus.PENDING),
        failed_count=at(VendorBookingSyncStatus.FAILED),
        known_count=total(lambda state: state.vendor_status is not None or state.has_job),
        job_count=total(lambda state: state.has_job),
        dismissed_count=total(
            lambda state: state.vendor_status is VendorBookingStatus.DISMISSED and not state.has_job
        ),
    )
