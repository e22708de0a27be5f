"""Finding what happened, and what is to be said about it.

A webhook needs no record of its own in the request that causes it: the event that closes a session
and the revision a flow names are durable, so what is to be told follows from them at any time.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from app.documents.booking import Booking
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision, RevisionHeader
from app.documents.booking_service import BookingService
from app.documents.booking_session_event import BookingSessionEventDocument, EventReference
from app.domain.booking import Timeslot
from app.domain.booking_session.event_types import (
    BookingSessionEventType,
    SessionAbandonmentEventData,
    SessionCompletionEventData,
)
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import SelectedTimeslot, is_abandoned, is_completed
from app.domain.values import EntityId
from app.domain.webhooks.event_types import WebhookEventType
from app.domain.webhooks.events import (
    BookedService,
    BookingCompleted,
    FlowPublished,
    SessionAbandoned,
    WebhookEvent,
)
from app.services.booking_sessions.complete import restore_booking
from app.services.booking_sessions.history import SessionHistory, load_history


@dataclass(frozen=True, slots=True)
class Fact:
    """Something stored that webhooks tell of; its `id` is the webhook event's."""

    id: EntityId
    organization_id: EntityId
    event_type: WebhookEventType
    at: datetime
    source: EventReference | RevisionHeader


async def stream_facts(
    organization_id: EntityId, event_type: WebhookEventType, *, since: datetime
) -> AsyncIterator[Fact]:
    """Yield what happened in an organization at or after a time, oldest first.

    Something that happened in the last moments may be missing: it may not be stored yet.
    """
    match event_type:
        case WebhookEventType.BOOKING_COMPLETED:
            kind = BookingSessionEventType.SESSION_COMPLETED
        case WebhookEventType.SESSION_ABANDONED:
            kind = BookingSessionEventType.SESSION_ABANDONED
        case WebhookEventType.FLOW_PUBLISHED:
            headers = BookingFlowRevision.stream_headers(organization_id, since=since)
            async for header in headers:
                yield Fact(header.id, organization_id, event_type, header.published_at, header)
            return
        case WebhookEventType.WEBHOOK_TEST:
            return
    events = BookingSessionEventDocument.stream_of_type(organization_id, kind, since=since)
    async for event in events:
        yield Fact(event.id, organization_id, event_type, event.at, event)


async def load_event(fact: Fact) -> WebhookEvent | None:
    """Return what is to be said of a fact; None when it came to nothing, or has not yet.

    LookupError when what it is about is gone.
    """
    match fact.source:
        case RevisionHeader() as header:
            content = await _load_publication(header)
            return None if content is None else _event(fact, content)
        case EventReference() as reference:
            history = await load_history(fact.organization_id, reference.booking_session_id)
            document = await BookingSessionEventDocument.get(fact.id)
            if history is None or document is None:
                raise LookupError(f"session {reference.booking_session_id} is gone")
            return _event(fact, await _load_end(history, document.to_recorded().event))


def _event(
    fact: Fact, content: BookingCompleted | SessionAbandoned | FlowPublished
) -> WebhookEvent:
    return WebhookEvent(id=fact.id, occurred_at=fact.at, content=content)


async def _load_publication(header: RevisionHeader) -> FlowPublished | None:
    flow = await BookingFlow.get_owned(header.organization_id, header.booking_flow_id)
    # A revision no flow names was never published, or is about to be.
    if flow is None or header.id not in flow.revision_ids:
        return None
    return FlowPublished(
        booking_flow_id=header.booking_flow_id,
        booking_flow_revision_id=header.id,
        revision=header.revision,
        title=header.content.title,
    )


async def _load_end(
    history: SessionHistory, event: BookingSessionEvent
) -> BookingCompleted | SessionAbandoned:
    match event.data:
        case SessionCompletionEventData() as completion:
            return await _load_booking(history, completion)
        case SessionAbandonmentEventData() as abandonment:
            return _to_abandoned(history, abandonment)
        case _:
            raise LookupError(f"event {event.id} ends no session")


async def _load_booking(
    history: SessionHistory, completion: SessionCompletionEventData
) -> BookingCompleted:
    session, state = history.session, history.state
    if not is_completed(state):
        raise LookupError(f"session {session.id} is not completed")
    outcome = state.booking_outcome
    if await Booking.get_owned(session.organization_id, completion.booking_id) is None:
        # A crash kept it from being stored; a receiver shall find what it is told of.
        await restore_booking(session, state)
    service_id = outcome.selected_service_id
    service = await BookingService.get_owned(session.organization_id, service_id)
    return BookingCompleted(
        booking_id=completion.booking_id,
        booking_session_id=session.id,
        booking_flow_id=state.booking_flow_id,
        revision=state.revision,
        confirmation_code=completion.confirmation_code,
        service=_to_service(service_id, service),
        timeslot=_to_timeslot(outcome.selected_timeslot),
        utm=state.session_context.utm,
    )


def _to_service(service_id: EntityId, service: BookingService | None) -> BookedService:
    if service is None:
        return BookedService(id=service_id)
    vendor = service.vendor_data
    return BookedService(
        id=service_id,
        title=service.service_content.title,
        vendor_job_type_id=None if vendor is None else vendor.job_type_id,
    )


def _to_abandoned(
    history: SessionHistory, abandonment: SessionAbandonmentEventData
) -> SessionAbandoned:
    state = history.state
    if not is_abandoned(state):
        raise LookupError(f"session {history.session.id} is not abandoned")
    outcome = state.booking_outcome
    return SessionAbandoned(
        booking_session_id=history.session.id,
        booking_flow_id=state.booking_flow_id,
        revision=state.revision,
        reason=abandonment.reason,
        started_at=state.started_at,
        drop_off_step_id=outcome.drop_off_step_id,
        completed_step_count=state.step_progression.completed_count,
        total_step_count=state.step_progression.total_in_flow,
        selected_service_id=outcome.selected_service_id,
        selected_timeslot=_to_timeslot(outcome.selected_timeslot),
        utm=state.session_context.utm,
    )


def _to_timeslot(slot: SelectedTimeslot | None) -> Timeslot | None:
    return None if slot is None else Timeslot(start_time=slot.start_time, end_time=slot.end_time)
