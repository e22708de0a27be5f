"""The outbox: bookings that are still to be told to the vendor.

A worker that takes a booking moves its due time to the end of the lease, so one index finds what is
due for the first time, what is due again and what a dead worker left behind. Everything a holder
writes asks for its lease first: one that was paused for too long changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.booking import Booking
from app.documents.driver import ASCENDING, ReturnDocument, UpdateOne
from app.domain.booking import VendorAttempt
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import NextPush, VendorPush

MAX_ATTEMPTS_KEPT = 100
DUE_AT = "vendor_push.due_at"
LEASE_ID = "vendor_push.lease_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPush:
    """A booking that this worker alone may tell the vendor of, until its lease ends."""

    booking: Booking
    push: VendorPush
    lease_id: str
    was_left_behind: bool
    """Whether another worker had it and never said what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPush:
    """What came of telling the vendor of a booking; `facts` are further fields of the booking."""

    booking_id: EntityId
    following: NextPush
    attempts: Sequence[VendorAttempt]
    facts: Mapping[str, Any]
    at: datetime


def due_query(now: datetime) -> dict[str, Any]:
    """Return the query for the bookings that are due."""
    return {DUE_AT: {"$lte": now}}


async def find_due(*, now: datetime, limit: int) -> list[EntityId]:
    """Return the bookings of all organizations that are due, those due for longest first."""
    cursor = Booking.get_motor_collection().find(due_query(now), {"_id": 1})
    return [raw["_id"] async for raw in cursor.sort(DUE_AT, ASCENDING).limit(limit)]


async def claim(
    booking_id: EntityId, *, now: datetime, lease_id: str, lease_until: datetime
) -> ClaimedPush | None:
    """Take a booking that was found due; None when another worker was faster."""
    raw = await Booking.get_motor_collection().find_one_and_update(
        {"_id": booking_id, **due_query(now)},
        {"$set": {LEASE_ID: lease_id, DUE_AT: lease_until}},
        return_document=ReturnDocument.BEFORE,
    )
    if raw is None:
        return None
    booking = Booking.parse(raw)
    if booking.vendor_push is None:
        raise RuntimeError(f"booking {booking.id} was claimed but is not due")
    return ClaimedPush(
        booking=booking,
        push=booking.vendor_push.model_copy(update={"lease_id": lease_id, "due_at": lease_until}),
        lease_id=lease_id,
        was_left_behind=booking.vendor_push.lease_id is not None,
    )


async def renew_lease(
    claim: ClaimedPush, *, is_in_doubt: bool, lease_until: datetime
) -> Booking | None:
    """Prolong the lease right before a call and return the booking as it is now.

    With `is_in_doubt` the booking is marked first, so that whoever finds it left behind looks it
    up. None when the lease is lost: then the call must not be made.
    """
    raw = await Booking.get_motor_collection().find_one_and_update(
        _held(claim),
        {"$set": {DUE_AT: lease_until, "vendor_push.is_in_doubt": is_in_doubt}},
        return_document=ReturnDocument.AFTER,
    )
    return None if raw is None else Booking.parse(raw)


async def record_push(
    claim: ClaimedPush,
    following: NextPush,
    *,
    attempts: Sequence[VendorAttempt],
    facts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Store what came of a try and what follows; False when the lease is lost, and nothing is.

    `facts` are further fields of the booking. The newest 100 attempts are kept.
    """
    result = await Booking.get_motor_collection().update_one(
        _held(claim), _changes(following, attempts=attempts, facts=facts, now=now)
    )
    return bool(result.matched_count)


async def record_past_pushes(pushes: Sequence[PastPush]) -> None:
    """Store what came of telling the vendor in the past, of bookings that no worker has taken."""
    untold = {"vendor_sync_status": VendorBookingSyncStatus.PENDING.value, LEASE_ID: None}
    writes = [
        UpdateOne(
            {"_id": push.booking_id, **untold},
            _changes(push.following, attempts=push.attempts, facts=push.facts, now=push.at),
        )
        for push in pushes
    ]
    if writes:
        await Booking.get_motor_collection().bulk_write(writes, ordered=False)


async def postpone_all(organization_id: EntityId, *, until: datetime) -> None:
    """Let no booking of the organization become due before `until`, but for those being told."""
    await Booking.get_motor_collection().update_many(
        {DUE_AT: {"$lt": until}, LEASE_ID: None, "organization_id": organization_id},
        {"$set": {DUE_AT: until}},
    )


async def restart_failed(
    organization_id: EntityId,
    booking_id: EntityId,
    following: NextPush,
    *,
    attempt: VendorAttempt,
    now: datetime,
) -> Booking | None:
    """Put a booking that was given up back into the outbox; None when it is not given up."""
    raw = await Booking.get_motor_collection().find_one_and_update(
        {
            "_id": booking_id,
            "organization_id": organization_id,
            "vendor_sync_status": VendorBookingSyncStatus.FAILED.value,
        },
        _changes(following, attempts=[attempt], facts={}, now=now),
        return_document=ReturnDocument.AFTER,
    )
    return None if raw is None else Booking.parse(raw)


def _held(claim: ClaimedPush) -> dict[str, Any]:
    return {"_id": claim.booking.id, LEASE_ID: claim.lease_id}


def _changes(
    following: NextPush,
    *,
    attempts: Sequence[VendorAttempt],
    facts: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    push, status = following.push, following.sync_status
    changes: dict[str, Any] = {
        "$set": {
            "vendor_push": None if push is None else push.model_dump(),
            "vendor_sync_status": None if status is None else status.value,
            "updated_at": now,
            "recorded_at": now,
            **facts,
        }
    }
    if attempts:
        kept = {"$each": [attempt.model_dump() for attempt in attempts]}
        changes["$push"] = {"vendor_attempts": {**kept, "$slice": -MAX_ATTEMPTS_KEPT}}
    return changes
