"""The booking that a completed session comes to."""

import asyncio
from dataclasses import dataclass

from app.documents.booking import Booking
from app.documents.booking_question import BookingQuestion
from app.documents.booking_service import BookingService
from app.documents.booking_session import BookingSession
from app.documents.vendor_account import VendorAccount
from app.domain.booking import AnswerGiven, Consent, Timeslot
from app.domain.booking_flow.steps import StepType, SummaryStep, ZipcodeStep
from app.domain.booking_session.event_types import FormValues, SessionCompletionEventData
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.forms import CONSENT_KEY, ZIPCODE_KEY
from app.domain.booking_session.state import CompletedSession
from app.domain.booking_words import describe_answers
from app.domain.service_selection.graph import (
    QuestionReferenceNode,
    ServiceReferenceNode,
    ServiceSelectionNode,
)
from app.domain.vendor import VendorBookingSyncStatus
from app.domain.vendor_push import VendorPush
from app.services.returning_customers import customer_digests


async def make_booking(
    session: BookingSession,
    state: CompletedSession,
    event: BookingSessionEvent,
    flow: FlowIndex,
) -> Booking:
    """Return the booking, not stored yet, that the event of a completed session names.

    It is due for the vendor at once if the organization has an account there now; if not, it never
    will be.
    """
    completion = event.data
    if not isinstance(completion, SessionCompletionEventData):
        raise TypeError(f"event {event.id} completes no session")
    customer = _form_data(state, flow, StepType.CUSTOMER)
    words, account, digests = await asyncio.gather(
        _load_words(session, state, flow),
        VendorAccount.find_of(session.organization_id),
        customer_digests(session.organization_id, customer),
    )
    outcome = state.booking_outcome
    timeslot = outcome.selected_timeslot
    return Booking(
        id=outcome.booking_id,
        organization_id=session.organization_id,
        created_at=event.timestamp,
        updated_at=event.timestamp,
        booking_session_id=session.id,
        booking_flow_id=state.booking_flow_id,
        revision=state.revision,
        booking_flow_revision_id=session.booking_flow_revision_id,
        confirmation_code=completion.confirmation_code,
        service_id=outcome.selected_service_id,
        service_title=words.service_title,
        answers=list(words.answers),
        timeslot=None if timeslot is None else Timeslot(**dict(timeslot)),
        zipcode=_find_zipcode(state, flow),
        consent=_find_consent(state, flow, event),
        customer=customer,
        customer_digests=digests,
        details=_form_data(state, flow, StepType.DETAILS),
        session_context=state.session_context,
        vendor_sync_status=None if account is None else VendorBookingSyncStatus.PENDING,
        vendor_push=None if account is None else VendorPush(due_at=event.timestamp),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What the customer read of what was chosen."""

    service_title: str | None
    answers: tuple[AnswerGiven, ...]


async def _load_words(session: BookingSession, state: CompletedSession, flow: FlowIndex) -> _Words:
    path = _nodes_on_path(state, flow)
    service_id = state.booking_outcome.selected_service_id
    asked = {node.question_id for node in path if isinstance(node, QuestionReferenceNode)}
    met = {node.service_id for node in path if isinstance(node, ServiceReferenceNode)}
    questions, services = await asyncio.gather(
        BookingQuestion.list_owned(session.organization_id, asked),
        BookingService.list_owned(session.organization_id, {service_id, *met}),
    )
    titles = {each.id: each.service_content.title for each in services}
    answers = describe_answers(
        path,
        question_titles={each.id: each.question_content.title for each in questions},
        service_titles=titles,
    )
    return _Words(service_title=titles.get(service_id), answers=answers)


def _nodes_on_path(state: CompletedSession, flow: FlowIndex) -> tuple[ServiceSelectionNode, ...]:
    path = state.current_state.service_selection_path
    graph = next(iter(flow.graphs.values()), None)
    return tuple(graph.nodes[node_id] for node_id in path) if graph else ()


def _find_zipcode(state: CompletedSession, flow: FlowIndex) -> str | None:
    for step in flow.flow.steps:
        if isinstance(step, ZipcodeStep):
            value = state.current_state.form_data.get(step.id, {}).get(ZIPCODE_KEY)
            return value if isinstance(value, str) else None
    return None


def _find_consent(
    state: CompletedSession, flow: FlowIndex, event: BookingSessionEvent
) -> Consent | None:
    """Return what became of the text the customer was asked to agree to; None without a text."""
    for step in flow.flow.steps:
        if isinstance(step, SummaryStep) and step.type_config.consent_text:
            value = state.current_state.form_data.get(step.id, {}).get(CONSENT_KEY)
            return Consent(
                text=step.type_config.consent_text,
                is_given=value is True,
                recorded_at=event.timestamp,
            )
    return None


def _form_data(state: CompletedSession, flow: FlowIndex, step_type: StepType) -> FormValues:
    values: FormValues = {}
    for step in flow.flow.steps:
        if step.step_type is step_type:
            values |= state.current_state.form_data.get(step.id, {})
    return values
