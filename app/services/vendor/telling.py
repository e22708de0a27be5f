"""One try to tell the vendor of one booking."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from app.documents.booking import Booking
from app.documents.booking_push import ClaimedPush, renew_lease
from app.documents.booking_service import BookingService
from app.domain.booking import BookingStatus
from app.domain.vendor_push import PushOutcome, PushPolicy, PushStage
from app.services.revisions import load_flow_index
from app.services.vendor.access import VendorAccess, VendorConnection
from app.services.vendor.booking_payload import to_attribution, to_new_booking, to_web_session
from app.services.vendor.failures import judge
from app.services.vendor.news import take_news
from app.servicetitan.errors import AmbiguousOutcomeError, NoAnswerError, ServiceTitanError
from app.servicetitan.payloads.bookings import NewBooking, VendorBooking

BOOKINGS_LOOKED_AT = 20


class LeaseLostError(Exception):
    """Another worker has the booking now."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of a try; `claim.push` is as it was when the vendor was called.

    `facts` are fields of the booking to be stored with it. A silent one made no call, so that the
    history need not show it.
    """

    claim: ClaimedPush
    outcome: PushOutcome
    detail: str | None = None
    retry_after_seconds: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_silent: bool = False


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Makes the calls for claimed bookings."""

    access: VendorAccess
    policy: PushPolicy
    clock: Callable[[], datetime]

    async def try_once(self, claim: ClaimedPush) -> Tried:
        """Tell the vendor what comes next for the booking; raises `LeaseLostError`."""
        if claim.was_left_behind:
            detail = "the worker that had it ended before it could say what came of it"
            return Tried(claim=claim, outcome=PushOutcome.INTERRUPTED, detail=detail)
        try:
            connection = await self.access.connect(claim.booking.organization_id)
        except ServiceTitanError as error:
            return _failed(claim, error)
        if connection is None:
            return Tried(claim=claim, outcome=PushOutcome.NOT_CONNECTED)
        if claim.push.stage is PushStage.ATTRIBUTION:
            return await self._tell_attribution(claim, connection)
        if claim.push.is_in_doubt:
            return await self._look_up_and_tell(claim, connection)
        return await self._tell_booking(claim, connection)

    async def _look_up_and_tell(self, claim: ClaimedPush, connection: VendorConnection) -> Tried:
        try:
            async with _within(self.policy):
                found = await connection.client.find_bookings(claim.booking.id)
        except ServiceTitanError as error:
            return _failed(claim, error)
        if found:
            copies = f"the vendor has it {len(found)} times" if len(found) > 1 else None
            now = self.clock()
            return await _arrived(claim, PushOutcome.FOUND, found[0], now=now, detail=copies)
        certain = claim.push.model_copy(update={"is_in_doubt": False})
        return await self._tell_booking(replace(claim, push=certain), connection)

    async def _tell_booking(self, claim: ClaimedPush, connection: VendorConnection) -> Tried:
        booking = await self._renew(claim, is_in_doubt=True)
        reason = _reason_to_keep_it(booking)
        if reason is not None:
            return Tried(claim=claim, outcome=PushOutcome.CANCELLED, detail=reason)
        body = await _to_body(booking, connection)
        provider_id = connection.account.booking_provider_id
        try:
            async with _within(self.policy):
                created = await connection.client.create_booking(provider_id, body)
        except ServiceTitanError as error:
            return _failed(claim, error)
        now = self.clock()
        return await _arrived(claim, PushOutcome.CREATED, created, now=now, start=body.start)

    async def _tell_attribution(self, claim: ClaimedPush, connection: VendorConnection) -> Tried:
        """Say where the booking came from.

        Said again after a call of unknown outcome: twice is no more than once, and there is no way
        to look it up.
        """
        web_session = to_web_session(claim.booking)
        vendor_booking_id = claim.booking.vendor_booking_id
        if web_session is None or vendor_booking_id is None:
            return Tried(claim=claim, outcome=PushOutcome.ATTRIBUTED, is_silent=True)
        await self._renew(claim, is_in_doubt=False)
        try:
            async with _within(self.policy):
                await connection.client.create_web_booking_attribution(
                    to_attribution(vendor_booking_id, web_session)
                )
        except ServiceTitanError as error:
            return _failed(claim, error)
        return Tried(claim=claim, outcome=PushOutcome.ATTRIBUTED)

    async def _renew(self, claim: ClaimedPush, *, is_in_doubt: bool) -> Booking:
        lease_until = self.clock() + self.policy.lease
        booking = await renew_lease(claim, is_in_doubt=is_in_doubt, lease_until=lease_until)
        if booking is None:
            raise LeaseLostError
        return booking


@contextlib.asynccontextmanager
async def _within(policy: PushPolicy) -> AsyncIterator[None]:
    """Give a call up well before the lease ends; what it had sent may still have its effect."""
    try:
        async with asyncio.timeout(policy.call_seconds):
            yield
    except TimeoutError as error:
        raise AmbiguousOutcomeError(NoAnswerError("the call took too long")) from error


async def _arrived(
    claim: ClaimedPush,
    outcome: PushOutcome,
    at_vendor: VendorBooking,
    *,
    now: datetime,
    start: datetime | None = None,
    detail: str | None = None,
) -> Tried:
    await take_news(claim.booking.organization_id, at_vendor, now=now)
    facts = {"vendor_booking_id": str(at_vendor.id), "vendor_start": start or at_vendor.start}
    return Tried(claim=claim, outcome=outcome, detail=detail, facts=facts)


def _failed(claim: ClaimedPush, error: ServiceTitanError) -> Tried:
    failure = judge(error, personal=_personal(claim.booking))
    return Tried(
        claim=claim,
        outcome=failure.outcome,
        detail=failure.detail,
        retry_after_seconds=failure.retry_after_seconds,
        is_silent=failure.is_silent,
    )


def _reason_to_keep_it(booking: Booking) -> str | None:
    """Return why the vendor shall not be told of the booking, if so."""
    if booking.status is BookingStatus.CANCELLED:
        return "it was cancelled before the vendor was told"
    if booking.erasure_id is not None:
        return "the customer's data were erased before the vendor was told"
    return None


async def _to_body(booking: Booking, connection: VendorConnection) -> NewBooking:
    revision_id = booking.booking_flow_revision_id
    flow = revision_id and await load_flow_index(booking.organization_id, revision_id)
    if not flow:
        raise LookupError(f"the revision of booking {booking.id} is gone")
    service = await BookingService.get_owned(booking.organization_id, booking.service_id)
    return to_new_booking(
        booking,
        flow=flow,
        vendor_data=service.vendor_data if service else None,
        account=connection.account,
        is_first_time_client=not await _has_booked_before(booking),
    )


async def _has_booked_before(booking: Booking) -> bool:
    """Whether the same phone or e-mail has booked here before."""
    if not booking.customer_digests:
        return False
    known = await Booking.find_of_customer(
        booking.organization_id, booking.customer_digests, limit=BOOKINGS_LOOKED_AT
    )
    return any(
        each.created_at < booking.created_at and each.status is not BookingStatus.CANCELLED
        for each in known
    )


def _personal(booking: Booking) -> Iterable[JsonValue]:
    yield from (booking.customer, booking.details, booking.zipcode)
    # The name travels in one piece.
    texts = [value for value in booking.customer.values() if isinstance(value, str)]
    yield " ".join(texts[:2])
