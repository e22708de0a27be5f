"""What rescheduling and cancelling a booking have in common.

The booking decides which place is its own; places follow it. Before a booking is changed, the place
it leaves and the one it takes are claimed in the name of the change; after, the one is given back
and the other is made the booking's. So at every moment at least the place that counts is taken, and
a change cut short anywhere is settled by looking at the booking, by whoever next looks at those
places (see `app.services.timeslots.doubts`).
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.documents.booking import Booking
from app.documents.driver import new_id
from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.access import OrganizationCredential, SessionCredential
from app.domain.audit import AuditedEntity
from app.domain.booking import BookingChange, BookingStatus
from app.domain.booking_changes import find_change_problem
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId
from app.services.audit import Change, record_change
from app.services.authoring import Author

MAX_ATTEMPTS = 10


@dataclass(frozen=True, kw_only=True)
class Changer:
    """Who changes a booking: an editor with an API key, or the customer who made it."""

    credential: OrganizationCredential | SessionCredential
    now: datetime

    @property
    def organization_id(self) -> EntityId:
        """The organization the booking must be of."""
        return self.credential.organization_id

    @property
    def api_key_id(self) -> EntityId | None:
        """The key of an editor; None for the customer."""
        match self.credential:
            case OrganizationCredential(api_key_id=api_key_id):
                return api_key_id
            case SessionCredential():
                return None

    def may_change(self, booking: Booking) -> bool:
        """Whether the booking is the changer's: a session token is good for its own booking."""
        match self.credential:
            case OrganizationCredential():
                return True
            case SessionCredential(booking_session_id=session_id):
                return booking.booking_session_id == session_id


async def load_booking(booking_id: EntityId, changer: Changer) -> Booking:
    """Return the booking; raises Refused with NOT_FOUND when the changer has no such booking."""
    booking = await Booking.get_owned(changer.organization_id, booking_id)
    if booking is None or not changer.may_change(booking):
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    return booking


def require_open(booking: Booking, changer: Changer) -> None:
    """Raise Refused with BOOKING_CLOSED when the booking can be changed no more."""
    problem = find_change_problem(
        booking.status,
        booking.timeslot,
        change_count=len(booking.changes),
        now=changer.now,
    )
    if problem is not None:
        raise Refused([problem])


@asynccontextmanager
async def claiming_places(booking: Booking, changer: Changer) -> AsyncIterator[EntityId]:
    """Put the booking's place in doubt for the block, whose change has the id that is yielded.

    Every place claimed in the name of the change is settled in the end, by what the booking is
    then. When the block ends by a fault or the process dies, the places stay in doubt.
    """
    change_id = new_id()
    if booking.timeslot is not None:
        await TimeslotReservation.put_in_doubt(
            booking.organization_id,
            booking.booking_session_id,
            booking.timeslot.start_time,
            booking_id=booking.id,
            change_id=change_id,
            now=changer.now,
        )
    try:
        yield change_id
    except Refused:
        await _settle_places(booking, changer, change_id)
        raise
    await _settle_places(booking, changer, change_id)


async def _settle_places(booking: Booking, changer: Changer, change_id: EntityId) -> None:
    """Settle the places that are claimed in the name of a change that is over."""
    latest = await Booking.get_owned(booking.organization_id, booking.id)
    for place in await TimeslotReservation.find_of_session(
        booking.organization_id, booking.booking_session_id
    ):
        if place.terms.change_id != change_id:
            continue
        if latest is not None and latest.takes_place_at(place.start_time):
            await TimeslotReservation.settle(place, booking_id=booking.id, now=changer.now)
        else:
            await TimeslotReservation.free(place)


async def store_change(
    booking: Booking, change: BookingChange, *, status: BookingStatus, changer: Changer, verb: str
) -> Booking | None:
    """Store the change and return the booking, or None when it was changed meanwhile.

    An editor's change is audited, as the mutation `verb` + Booking.
    """
    if not isinstance(changer.credential, OrganizationCredential):
        return await booking.change(change, status=status, now=changer.now)
    author = Author(credential=changer.credential, now=changer.now)
    try:
        async with _audited(booking, author, verb) as record:
            changed = await booking.change(change, status=status, now=changer.now)
            if changed is None:
                raise _ChangedMeanwhile
            record.after = _audited_fields(changed)
    except _ChangedMeanwhile:
        return None
    return changed


class _ChangedMeanwhile(Refused):
    """Nothing was written, because the booking is not any more as it was read."""

    def __init__(self) -> None:
        super().__init__([])


def _audited(booking: Booking, author: Author, verb: str) -> AbstractAsyncContextManager[Change]:
    return record_change(
        author=author,
        mutation=f"{verb}Booking",
        entity_type=AuditedEntity.BOOKING,
        entity_id=booking.id,
        before=_audited_fields(booking),
    )


def _audited_fields(booking: Booking) -> dict[str, Any]:
    """Return what a change can alter, without anything personal: the audit is kept for ever."""
    slot = booking.timeslot
    return {
        "confirmation_code": booking.confirmation_code,
        "status": booking.status.value,
        "timeslot": None if slot is None else slot.model_dump(mode="json"),
    }


def moved_on() -> Refused:
    """Return the refusal for a booking that others keep changing."""
    return refuse(ProblemCode.CONFLICT, "others keep changing this booking; try again", "id")
