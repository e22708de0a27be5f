"""What may hold personal data of customers: reading it to find a person, and erasing it.

Every command names the organization.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.documents.audit_record import AuditRecord
from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument, event_record
from app.documents.driver import UpdateOne
from app.domain.audit import AuditedEntity
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.booking_session.events import BookingSessionEvent, event_from_document
from app.domain.booking_session.state import SessionState
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingSyncStatus

RECORDS_PER_BATCH = 500

PERSONAL_EVENT_TYPES = (
    BookingSessionEventType.SESSION_STARTED,
    BookingSessionEventType.STEP_COMPLETED,
    BookingSessionEventType.FIELD_UPDATED,
    BookingSessionEventType.VALIDATION_ERROR,
)
"""The kinds of event whose data may tell of a person."""


class PersonalRecord(NamedTuple):
    """What a customer entered, and the session it was entered in."""

    booking_session_id: EntityId
    values: Mapping[str, Any]


async def stream_event_records(
    organization_id: EntityId, *, since: datetime | None = None
) -> AsyncIterator[PersonalRecord]:
    """Yield the data of the organization's events, in no order; those recorded since then."""
    for event_type in PERSONAL_EVENT_TYPES:
        query: dict[str, Any] = {
            "organization_id": organization_id,
            "event_type": event_type.value,
        }
        if since is not None:
            query["timestamp"] = {"$gt": since}
        cursor = BookingSessionEventDocument.get_motor_collection().find(
            query, {"booking_session_id": 1, "data": 1}
        )
        async for raw in cursor.batch_size(RECORDS_PER_BATCH):
            yield PersonalRecord(raw["booking_session_id"], raw["data"])


async def stream_snapshot_records(organization_id: EntityId) -> AsyncIterator[PersonalRecord]:
    """Yield the forms and contexts of the organization's sessions: events may have expired."""
    fields = {"current_state.form_data": 1, "session_context": 1}
    cursor = BookingSession.get_motor_collection().find(
        {"organization_id": organization_id}, fields
    )
    async for raw in cursor.batch_size(RECORDS_PER_BATCH):
        yield PersonalRecord(raw["_id"], raw)


async def stream_booking_records(organization_id: EntityId) -> AsyncIterator[PersonalRecord]:
    """Yield what the organization's bookings say of customers."""
    fields = {"booking_session_id": 1, "customer": 1, "details": 1, "session_context": 1}
    cursor = Booking.get_motor_collection().find({"organization_id": organization_id}, fields)
    async for raw in cursor.batch_size(RECORDS_PER_BATCH):
        yield PersonalRecord(raw["booking_session_id"], raw)


async def stream_session_events(
    organization_id: EntityId, session_id: EntityId
) -> AsyncIterator[BookingSessionEvent]:
    """Yield the organization's events of a session, in order, a cut-short batch included."""
    async for raw in BookingSessionEventDocument.stream_raw(session_id):
        if raw["organization_id"] == organization_id:
            yield event_from_document(raw)


async def replace_events(events: Sequence[BookingSessionEvent], *, erasure_id: EntityId) -> None:
    """Store events anew in place of what they were: the one exception to their never changing."""
    await BookingSessionEventDocument.get_motor_collection().bulk_write(
        [
            UpdateOne({"_id": event.id}, {"$set": {**_changing(event), "erasure_id": erasure_id}})
            for event in events
        ],
        ordered=False,
    )


def _changing(event: BookingSessionEvent) -> dict[str, Any]:
    return {name: value for name, value in event_record(event).items() if name != "_id"}


async def replace_snapshot_data(
    session: BookingSession, state: SessionState, *, erasure_id: EntityId, now: datetime
) -> bool:
    """Store the forms and the context of a snapshot anew, unless a later one is stored by now."""
    result = await BookingSession.get_motor_collection().update_one(
        {"_id": session.id, "sequence": state.sequence},
        {
            "$set": {
                "session_context": state.session_context.model_dump(),
                "current_state.form_data": state.current_state.form_data,
                "request_hash": None,
                "erasure_id": erasure_id,
                "updated_at": now,
            }
        },
    )
    return bool(result.matched_count)


async def mark_changed(session_id: EntityId, *, now: datetime) -> None:
    """Note that what is stored of a session has changed, though its snapshot has not."""
    await BookingSession.get_motor_collection().update_one(
        {"_id": session_id}, {"$set": {"updated_at": now}}
    )


async def replace_booking_data(
    booking: Booking, changes: Mapping[str, Any], *, erasure_id: EntityId, now: datetime
) -> None:
    """Store fields of a booking anew, and drop what the vendor answered.

    What the vendor is still to be told is dropped, too: a visit for nobody is of no use to it.
    """
    collection = Booking.get_motor_collection()
    await collection.update_one(
        {"_id": booking.id}, {"$set": {**changes, "vendor_push": None, "erasure_id": erasure_id}}
    )
    await collection.update_one(
        {"_id": booking.id, "vendor_attempts.detail": {"$type": "string"}},
        {"$set": {"vendor_attempts.$[].detail": None}},
    )
    await collection.update_one(
        {"_id": booking.id, "vendor_sync_status": VendorBookingSyncStatus.PENDING.value},
        {"$set": {"vendor_sync_status": None, "recorded_at": now}},
    )


async def clear_audited_bookings(
    organization_id: EntityId, booking_ids: Sequence[EntityId]
) -> None:
    """Remove the states of bookings from the audit; who did what to them, and when, stays."""
    for booking_id in booking_ids:
        await AuditRecord.get_motor_collection().update_many(
            {
                "organization_id": organization_id,
                "entity_id": booking_id,
                "entity_type": AuditedEntity.BOOKING.value,
            },
            {"$set": {"before": None, "after": None}},
        )


class ErasedCounts(NamedTuple):
    """How much of one session was erased under a request; of sessions and bookings one or none."""

    sessions: int
    events: int
    bookings: int


async def count_erased(session_id: EntityId, *, erasure_id: EntityId) -> ErasedCounts:
    """Return what of a session is marked as erased under a request."""
    by_id = {"_id": session_id, "erasure_id": erasure_id}
    by_session = {"booking_session_id": session_id, "erasure_id": erasure_id}
    events = BookingSessionEventDocument.get_motor_collection()
    return ErasedCounts(
        sessions=await BookingSession.get_motor_collection().count_documents(by_id),
        events=await events.count_documents(by_session),
        bookings=await Booking.get_motor_collection().count_documents(by_session),
    )
