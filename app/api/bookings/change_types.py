"""What became of a booking, as clients read it."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from app.api.bookings.enums import BookingChanger
from app.api.timeslots.types import Timeslot
from app.domain import booking as domain


@strawberry.type(description="One change of a booking.")
class BookingChange:
    at: datetime = strawberry.field(description="When it was changed.")
    changed_by: BookingChanger = strawberry.field(description="Who changed it.")
    reason: str | None = strawberry.field(description="Why, if that was said.")
    old_timeslot: Timeslot | None = strawberry.field(description="When the visit was to be before.")
    new_timeslot: Timeslot | None = strawberry.field(
        description="When it was to be from then on; null when the booking was cancelled."
    )


def to_changes(changes: Sequence[domain.BookingChange]) -> list[BookingChange]:
    """Return the changes in the schema's type."""
    return [
        BookingChange(
            at=change.at,
            changed_by=change.changed_by,
            reason=change.reason,
            old_timeslot=to_timeslot(change.old_timeslot),
            new_timeslot=to_timeslot(change.new_timeslot),
        )
        for change in changes
    ]


def to_timeslot(slot: domain.Timeslot | None) -> Timeslot | None:
    """Return the window in the schema's type."""
    return None if slot is None else Timeslot(start_time=slot.start_time, end_time=slot.end_time)
