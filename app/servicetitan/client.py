"""What one tenant can ask of the vendor."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from typing import TypeVar

import httpx

from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.environment import VendorCredentials, VendorEnvironment
from app.servicetitan.errors import UnreadableResponseError
from app.servicetitan.payloads.attribution import NewWebBookingAttribution
from app.servicetitan.payloads.base import Payload, format_instant
from app.servicetitan.payloads.bookings import NewBooking, VendorBooking, VendorContact
from app.servicetitan.payloads.capacity import Capacity, CapacityQuery
from app.servicetitan.payloads.job_types import ActiveFilter, JobType
from app.servicetitan.payloads.page import Page
from app.servicetitan.tenant_calls import Parameters, TenantCalls

Row = TypeVar("Row", bound=Payload)

PAGE_SIZE = 50
"""The vendor's default; its maximum is not documented."""
JOB_TYPES = "jpm/v2/tenant/{tenant}/job-types"
BOOKINGS = "crm/v2/tenant/{tenant}/bookings"


class ServiceTitanClient:
    """The vendor's API for one tenant; every method raises `ServiceTitanError` when it fails.

    Keep one for as long as the tenant is served: the token, the budget of calls and the circuit
    breaker live in it. The connections are the caller's to close.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        environment: VendorEnvironment,
        credentials: VendorCredentials,
        policy: CallPolicy,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = TenantCalls(
            http, environment=environment, credentials=credentials, policy=policy, clock=clock
        )

    async def iterate_job_types(
        self,
        *,
        modified_on_or_after: datetime | None = None,
        active: ActiveFilter = ActiveFilter.ANY,
        page_size: int = PAGE_SIZE,
    ) -> AsyncGenerator[Page[JobType], None]:
        """Yield the pages of job types, at least one, each with the total.

        Rows that change meanwhile can move between pages: a row can come twice, and one that did
        not change can be passed over. `collect_job_types` makes up for both.
        """
        pages = self._iterate(
            JOB_TYPES,
            JobType,
            {"active": active.value, **_since(modified_on_or_after)},
            page_size=page_size,
        )
        async for page in pages:
            yield page

    async def get_job_type(self, job_type_id: int) -> JobType:
        """Return a job type, active or not; raises `NotFoundError`."""
        return await self._calls.get(
            f"{JOB_TYPES}/{job_type_id}", {}, read=JobType.model_validate_json
        )

    async def create_booking(self, booking_provider_id: int, booking: NewBooking) -> VendorBooking:
        """Create a booking, or raise `AmbiguousOutcomeError` when it may have been created.

        The vendor accepts the same `external_id` twice, so after that error `find_bookings` must
        come before another try.
        """
        return await self._calls.create(
            f"crm/v2/tenant/{{tenant}}/booking-provider/{booking_provider_id}/bookings",
            booking.to_body(),
            read=VendorBooking.model_validate_json,
        )

    async def find_bookings(self, external_id: str) -> tuple[VendorBooking, ...]:
        """Return the bookings with our id, oldest first; more than one is possible.

        Raises `UnreadableResponseError` when the vendor answers with other bookings: it did not
        understand the filter, and "none found" would be a guess.
        """
        found: dict[int, VendorBooking] = {}
        parameters: Parameters = {"externalId": external_id}
        async for page in self._iterate(BOOKINGS, VendorBooking, parameters, page_size=PAGE_SIZE):
            if any(booking.external_id != external_id for booking in page.data):
                raise UnreadableResponseError("the filter externalId was not applied")
            found.update((booking.id, booking) for booking in page.data)
        return tuple(sorted(found.values(), key=lambda booking: booking.id))

    async def iterate_bookings(
        self, *, modified_on_or_after: datetime, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[Page[VendorBooking]]:
        """Yield the pages of bookings changed since, for following their status."""
        parameters = _since(modified_on_or_after)
        async for page in self._iterate(BOOKINGS, VendorBooking, parameters, page_size=page_size):
            yield page

    async def get_booking_contacts(self, booking_id: int) -> tuple[VendorContact, ...]:
        """Return how the customer of a booking can be reached; raises `NotFoundError`."""
        contacts: list[VendorContact] = []
        path = f"{BOOKINGS}/{booking_id}/contacts"
        async for page in self._iterate(path, VendorContact, {}, page_size=PAGE_SIZE):
            contacts.extend(page.data)
        return tuple(contacts)

    async def get_capacity(self, query: CapacityQuery) -> Capacity:
        """Return the windows of the company's calendar in a range."""
        return await self._calls.ask(
            "dispatch/v2/tenant/{tenant}/capacity",
            query.to_body(),
            read=Capacity.model_validate_json,
        )

    async def create_web_booking_attribution(self, attribution: NewWebBookingAttribution) -> None:
        """Tell the vendor which web session a booking came from.

        Raises `AmbiguousOutcomeError` when it may have been stored; there is no way to look it up.
        """
        await self._calls.create(
            "marketingads/v2/tenant/{tenant}/web-booking-attributions",
            attribution.to_body(),
            read=lambda _: None,
        )

    async def _iterate(
        self, path: str, row: type[Row], parameters: Parameters, *, page_size: int
    ) -> AsyncIterator[Page[Row]]:
        read = Page[row].model_validate_json  # type: ignore[valid-type]
        number = 1
        while True:
            page = await self._calls.get(
                path,
                {**parameters, "page": number, "pageSize": page_size, "includeTotal": "true"},
                read=read,
            )
            yield page
            # An empty page ends the list whatever it says, or a faulty answer would never end it.
            if not page.has_more or not page.data:
                return
            number += 1


def _since(moment: datetime | None) -> dict[str, str]:
    return {} if moment is None else {"modifiedOnOrAfter": format_instant(moment)}
