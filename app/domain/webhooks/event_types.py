"""What the business's own systems can be told of."""

from enum import StrEnum


class WebhookEventType(StrEnum):
    """What happened; the values are what receivers read."""

    BOOKING_COMPLETED = "booking.completed"
    SESSION_ABANDONED = "session.abandoned"
    FLOW_PUBLISHED = "flow.published"
    WEBHOOK_TEST = "webhook.test"


SUBSCRIBABLE = (
    WebhookEventType.BOOKING_COMPLETED,
    WebhookEventType.SESSION_ABANDONED,
    WebhookEventType.FLOW_PUBLISHED,
)
"""A test is sent on demand only."""
