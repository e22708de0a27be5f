"""Finding the sessions in which a person was named."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from app.documents.base import MAX_IDS_PER_COMMAND, chunked
from app.documents.booking_session import BookingSession
from app.documents.personal_records import (
    PersonalRecord,
    stream_booking_records,
    stream_event_records,
    stream_snapshot_records,
)
from app.domain.personal_data import Person, mentions
from app.domain.values import EntityId


async def find_sessions(
    organization_id: EntityId, person: Person, *, since: datetime | None = None
) -> AsyncIterator[list[EntityId]]:
    """Yield the sessions of the organization that name the person, some at a time, repeated.

    Everything an organization's customers ever entered is read once, in memory that does not grow.
    With `since`, only events recorded after it.
    """
    found: set[EntityId] = set()
    for stream in _streams(organization_id, since):
        async for record in stream:
            if mentions(person, record.values):
                found.add(record.booking_session_id)
            if len(found) == MAX_IDS_PER_COMMAND:
                yield sorted(found)
                found.clear()
        # An erased session is not named by the next stream any more.
        if found:
            yield sorted(found)
            found.clear()


def _streams(
    organization_id: EntityId, since: datetime | None
) -> tuple[AsyncIterator[PersonalRecord], ...]:
    if since is not None:
        return (stream_event_records(organization_id, since=since),)
    return (
        stream_event_records(organization_id),
        stream_snapshot_records(organization_id),
        stream_booking_records(organization_id),
    )


async def find_linked_sessions(session: BookingSession) -> set[EntityId]:
    """Return the sessions of the same customer: the one resumed in this one, and those after it."""
    before = {session.resumed_from_session_id} if session.resumed_from_session_id else set()
    return before | await find_resuming_sessions([session.id])


async def find_resuming_sessions(session_ids: Sequence[EntityId]) -> set[EntityId]:
    """Return the sessions in which the customers of others have returned."""
    found: set[EntityId] = set()
    for chunk in chunked(session_ids):
        found |= {each.session_id for each in await BookingSession.find_resumptions(chunk)}
    return found
