"""Many sessions at once, copies of one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import new_id
from tests.domain.booking_session.builders import NOW, SERVICE, THROUGH_ZIP, entered
from tests.services.booking_sessions.builders import Place, a_customer, a_place

ROWS_PER_INSERT = 1_000


async def a_crowd(moments: Sequence[datetime], *, with_events: bool = True) -> Place:
    """Return a place with a session created at each of the moments, with three events each."""
    place = await a_place()
    first = await a_customer(*THROUGH_ZIP, entered(SERVICE), place=place, now=moments[0])
    sessions = BookingSession.get_motor_collection()
    session = await sessions.find_one({"_id": first.session_id})
    assert session is not None
    events = [
        raw
        async for raw in BookingSessionEventDocument.get_motor_collection().find(
            {"booking_session_id": first.session_id}
        )
    ]
    copies = [{**session, "_id": new_id(), "created_at": moment} for moment in moments[1:]]
    for start in range(0, len(copies), ROWS_PER_INSERT):
        some = copies[start : start + ROWS_PER_INSERT]
        await sessions.insert_many(some, ordered=False)
        if not with_events:
            continue
        await BookingSessionEventDocument.get_motor_collection().insert_many(
            [
                {
                    **event,
                    "_id": new_id(),
                    "booking_session_id": copy["_id"],
                    "client_event_id": event.get("client_event_id") and new_id(),
                }
                for copy in some
                for event in events
            ],
            ordered=False,
        )
    return place


def every(step: timedelta, count: int) -> list[datetime]:
    """Return so many moments up to `NOW`, the first the oldest."""
    return [NOW - step * n for n in reversed(range(count))]
