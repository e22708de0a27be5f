"""Bookings in the outbox, and what a worker does with them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.documents.booking import Booking
from app.documents.driver import new_id
from app.domain.booking import Timeslot
from app.domain.booking_session.context import SessionContext, UtmParameters
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import PushPolicy, VendorPush
from app.services.vendor.access import VendorAccess
from app.services.vendor.outbox import Outbox
from tests.domain.booking_session.builders import AC_REPAIR, ROSA, SLOT
from tests.services.booking_sessions.builders import Place, a_place
from tests.services.vendor.accounts import connect

IMPATIENT: dict[str, Any] = {
    "backoff_initial_seconds": 0.02,
    "backoff_max_seconds": 0.1,
    "access_backoff_seconds": 0.1,
    "settle_seconds": 0.3,
    "call_seconds": 5,
}
SPRING_SALE = SessionContext(
    url="https://harbor.example/?utm_campaign=spring", utm=UtmParameters(campaign="spring")
)


def a_policy(**changes: Any) -> PushPolicy:
    return PushPolicy(**(IMPATIENT | changes))


def now() -> datetime:
    return datetime.now(UTC)


def an_outbox(vendor: VendorAccess, **policy: Any) -> Outbox:
    return Outbox(access=vendor, policy=a_policy(**policy), clock=now)


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


async def a_connected_place(vendor: VendorAccess, **account: Any) -> Place:
    """An organization with an account at the stand-in and a published flow."""
    place = await a_place()
    await connect(vendor, place.organization_id, **account)
    return place


def a_booking_of(place: Place, **changes: Any) -> Booking:
    """A booking that is due for the vendor, not stored yet."""
    at = now() - timedelta(seconds=1)
    facts: dict[str, Any] = {
        "id": new_id(),
        "organization_id": place.organization_id,
        "created_at": at,
        "updated_at": at,
        "booking_session_id": new_id(),
        "booking_flow_id": place.flow.flow.booking_flow_id,
        "booking_flow_revision_id": place.revision_id,
        "revision": 1,
        "confirmation_code": new_id(),
        "service_id": AC_REPAIR,
        "service_title": "AC Repair",
        "timeslot": Timeslot(start_time=SLOT[0], end_time=SLOT[1]),
        "customer": ROSA,
        "details": {"property": "house", "notes": "Dog in the yard"},
        "vendor_sync_status": VendorBookingSyncStatus.PENDING,
        "vendor_push": VendorPush(due_at=at),
    }
    return Booking(**(facts | changes))


async def a_due_booking(place: Place, **changes: Any) -> Booking:
    """A stored booking that is due for the vendor."""
    return await a_booking_of(place, **changes).insert()


async def stored(booking: Booking) -> Booking:
    found = await Booking.get(booking.id)
    assert found is not None
    return found


def outcomes(booking: Booking) -> list[str]:
    return [attempt.outcome.value for attempt in booking.vendor_attempts]


async def push_until_done(
    outbox: Outbox, organization_id: str, *, seconds: float = 50
) -> Sequence[Booking]:
    """Push whatever is due until nothing of the organization's is left to be told."""
    async with asyncio.timeout(seconds):
        while True:
            await outbox.push_due(stopped=asyncio.Event())
            bookings = await Booking.find({"organization_id": organization_id}).to_list()
            if all(booking.vendor_push is None for booking in bookings):
                return bookings
            await asyncio.sleep(0.02)
