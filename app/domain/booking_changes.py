"""What may still be changed of a booking, and what a change comes to."""

from datetime import datetime

from app.domain.booking import (
    BookingChange,
    BookingChanger,
    BookingStatus,
    Timeslot,
)
from app.domain.instants import to_instant
from app.domain.problems import Problem, ProblemCode
from app.domain.values import EntityId

MAX_REASON_LENGTH = 500
MAX_CHANGES = 100


def find_change_problem(
    status: BookingStatus, timeslot: Timeslot | None, *, change_count: int, now: datetime
) -> Problem | None:
    """Return why the booking cannot be changed any more, or None when it can."""
    if status is BookingStatus.CANCELLED:
        return _closed("The booking is cancelled.")
    if timeslot is not None and timeslot.start_time <= now:
        return _closed("The visit has begun already.")
    if change_count >= MAX_CHANGES:
        return _closed("The booking was changed too often.")
    return None


def cancellation(
    timeslot: Timeslot | None,
    *,
    api_key_id: EntityId | None,
    reason: str | None,
    now: datetime,
) -> BookingChange:
    """Return the change that ends a booking; without a key it is the customer's."""
    return _change(timeslot, None, api_key_id, reason, now)


def move(
    old: Timeslot,
    new: Timeslot,
    *,
    api_key_id: EntityId | None,
    reason: str | None,
    now: datetime,
) -> BookingChange:
    """Return the change that moves a visit; without a key it is the customer's."""
    return _change(old, new, api_key_id, reason, now)


def _change(
    old: Timeslot | None,
    new: Timeslot | None,
    api_key_id: EntityId | None,
    reason: str | None,
    now: datetime,
) -> BookingChange:
    is_customer = api_key_id is None
    return BookingChange(
        at=to_instant(now),
        changed_by=BookingChanger.CUSTOMER if is_customer else BookingChanger.STAFF,
        api_key_id=api_key_id,
        reason=reason,
        old_timeslot=old,
        new_timeslot=new,
    )


def _closed(message: str) -> Problem:
    return Problem(code=ProblemCode.BOOKING_CLOSED, message=message, path=("id",))
