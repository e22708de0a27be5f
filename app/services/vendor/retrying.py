"""Trying again what was given up."""

from typing import Any

from app.documents.booking import Booking
from app.documents.booking_push import restart_failed
from app.domain.audit import AuditedEntity
from app.domain.booking import VendorAttempt
from app.domain.instants import to_instant
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId, Value
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import NextPush, PushOutcome, start_again
from app.services.audit import record_change
from app.services.authoring import Author


class RetryVendorBooking(Value):
    """An editor's request to bring a booking that was given up to the vendor after all."""

    id: EntityId


async def retry_vendor_booking(command: RetryVendorBooking, *, author: Author) -> Booking:
    """Put the booking back into the outbox, due at once, and return it.

    It is looked up at the vendor before it is sent. Raises Refused with NOT_FOUND, and CONFLICT
    when the booking was not given up.
    """
    booking = await Booking.get_owned(author.organization_id, command.id)
    if booking is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    if booking.vendor_sync_status is not VendorBookingSyncStatus.FAILED:
        raise _not_failed(booking)
    async with record_change(
        author=author,
        mutation="retryVendorBooking",
        entity_type=AuditedEntity.BOOKING,
        entity_id=booking.id,
        before=_audited_fields(booking),
    ) as change:
        restarted = await restart_failed(
            author.organization_id,
            booking.id,
            NextPush(push=start_again(author.now), sync_status=VendorBookingSyncStatus.PENDING),
            attempt=VendorAttempt(at=to_instant(author.now), outcome=PushOutcome.RETRY_REQUESTED),
            now=author.now,
        )
        if restarted is None:
            raise _not_failed(await Booking.get_owned(author.organization_id, booking.id))
        change.after = _audited_fields(restarted)
    return restarted


def _not_failed(booking: Booking | None) -> Refused:
    status = booking.vendor_sync_status if booking else None
    shown = status.name if status else "null"
    message = f"only a FAILED booking can be tried again; this one's vendorSyncStatus is {shown}"
    return refuse(ProblemCode.CONFLICT, message, "id")


def _audited_fields(booking: Booking) -> dict[str, Any]:
    """Return what is changed, without anything personal: the audit is kept for ever."""
    status = booking.vendor_sync_status
    return {
        "confirmation_code": booking.confirmation_code,
        "vendor_sync_status": None if status is None else status.value,
    }
