"""The enums of this part of the schema."""

from app.api.enums import expose_enum
from app.domain.webhooks.delivery import WebhookAttemptOutcome, WebhookDeliveryStatus
from app.domain.webhooks.endpoint import WebhookDisabledReason
from app.domain.webhooks.event_types import WebhookEventType

__all__ = [
    "WebhookAttemptOutcome",
    "WebhookDeliveryStatus",
    "WebhookDisabledReason",
    "WebhookEventType",
]

expose_enum(
    WebhookEventType,
    description="What a webhook tells of.",
    values={
        WebhookEventType.BOOKING_COMPLETED: "A customer has booked: `booking.completed`.",
        WebhookEventType.SESSION_ABANDONED: "A session has ended without a booking: "
        "`session.abandoned`.",
        WebhookEventType.FLOW_PUBLISHED: "A flow has a new revision: `flow.published`.",
        WebhookEventType.WEBHOOK_TEST: "A test, sent by `sendTestWebhook` only: `webhook.test`.",
    },
)
expose_enum(
    WebhookDisabledReason,
    description="Why the server itself stopped sending to an endpoint.",
    values={
        WebhookDisabledReason.KEPT_FAILING: "It took nothing for three days, until a delivery had "
        "failed for good.",
        WebhookDisabledReason.GONE: "It answered 410 Gone.",
    },
)
expose_enum(
    WebhookDeliveryStatus,
    description="Whether an event reached the endpoint.",
    values={
        WebhookDeliveryStatus.PENDING: "Not yet; it is or will be tried.",
        WebhookDeliveryStatus.DELIVERED: "It did.",
        WebhookDeliveryStatus.FAILED: "It did not, and is not tried any more.",
    },
)
expose_enum(
    WebhookAttemptOutcome,
    description="How one try ended.",
    values={
        WebhookAttemptOutcome.DELIVERED: "The receiver answered 2xx.",
        WebhookAttemptOutcome.REFUSED: "The receiver answered with an error.",
        WebhookAttemptOutcome.REDIRECTED: "The receiver answered with a redirect, which is not "
        "followed.",
        WebhookAttemptOutcome.TIMED_OUT: "There was no answer in time.",
        WebhookAttemptOutcome.UNREACHABLE: "There was no connection: an unknown name, a closed "
        "port, or a certificate that is not valid.",
        WebhookAttemptOutcome.NO_ANSWER: "The connection ended without an answer in HTTP.",
        WebhookAttemptOutcome.ADDRESS_REFUSED: "The URL leads to an address that is not public, "
        "or needs no TLS; nothing was sent.",
        WebhookAttemptOutcome.ENDPOINT_DISABLED: "The endpoint was disabled; nothing was sent.",
        WebhookAttemptOutcome.SECRET_UNREADABLE: "The endpoint's secret cannot be opened with the "
        "server's keys; nothing was sent.",
    },
)
