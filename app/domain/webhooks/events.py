"""What a webhook says: ids, times and the company's own words, nothing a customer entered.

Whoever needs the customer asks the API with a key: what was erased meanwhile stays erased, and
nothing personal lies in delivery logs, here or at the receiver.
"""

from typing import TypeAlias

from app.domain.booking import Timeslot
from app.domain.booking_session.context import UtmParameters
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.instants import Instant
from app.domain.values import EntityId, Value
from app.domain.webhooks.event_types import WebhookEventType


class BookedService(Value):
    """The service of a booking; the title is None when it was deleted since."""

    id: EntityId
    title: str | None = None
    vendor_job_type_id: str | None = None


class BookingCompleted(Value):
    """A customer has booked."""

    booking_id: EntityId
    booking_session_id: EntityId
    booking_flow_id: EntityId
    revision: int
    confirmation_code: str
    service: BookedService
    timeslot: Timeslot | None
    utm: UtmParameters


class SessionAbandoned(Value):
    """A session has ended without a booking."""

    booking_session_id: EntityId
    booking_flow_id: EntityId
    revision: int
    reason: AbandonmentReason
    started_at: Instant
    drop_off_step_id: EntityId
    completed_step_count: int
    total_step_count: int
    selected_service_id: EntityId | None
    selected_timeslot: Timeslot | None
    utm: UtmParameters


class FlowPublished(Value):
    """A flow has a new revision, by publication or rollback."""

    booking_flow_id: EntityId
    booking_flow_revision_id: EntityId
    revision: int
    title: str


class WebhookTested(Value):
    """An owner wants to see whether deliveries arrive."""

    webhook_endpoint_id: EntityId


WebhookContent: TypeAlias = BookingCompleted | SessionAbandoned | FlowPublished | WebhookTested


class WebhookEvent(Value):
    """Something that happened; `id` is that of the stored fact, so it is told once only."""

    id: EntityId
    occurred_at: Instant
    content: WebhookContent

    @property
    def event_type(self) -> WebhookEventType:
        """The kind of the content."""
        match self.content:
            case BookingCompleted():
                return WebhookEventType.BOOKING_COMPLETED
            case SessionAbandoned():
                return WebhookEventType.SESSION_ABANDONED
            case FlowPublished():
                return WebhookEventType.FLOW_PUBLISHED
            case WebhookTested():
                return WebhookEventType.WEBHOOK_TEST
