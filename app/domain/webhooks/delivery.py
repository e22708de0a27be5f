"""How far the telling of an event to an endpoint has come."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.instants import Instant
from app.domain.values import Value

MAX_TRIES: Final = 10
FIRST_DELAY: Final = timedelta(seconds=10)
FACTOR: Final = 3
"""Ten tries whose distance triples from ten seconds on end after 27 hours."""
JITTER: Final = 0.2
LONGEST_WAIT: Final = timedelta(days=1)
PATIENCE: Final = timedelta(days=3)
"""An endpoint that has taken nothing for so long, when a delivery fails for good, is disabled."""


class WebhookDeliveryStatus(StrEnum):
    """Whether an event reached the endpoint."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookAttemptOutcome(StrEnum):
    """How one try ended."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    ADDRESS_REFUSED = "address_refused"
    ENDPOINT_DISABLED = "endpoint_disabled"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - the name of an outcome.


class WebhookAttempt(Value):
    """One try; `status_code` is what the receiver answered, None when it did not."""

    at: Instant
    outcome: WebhookAttemptOutcome
    status_code: int | None = None
    duration_ms: int = 0


def delay_before_next(
    tries_left: int, *, jitter: float, asked_to_wait: timedelta | None = None
) -> timedelta | None:
    """Return how long to wait after a failed try, or None when none is left.

    `jitter` is a random number from 0 to 1, which spreads receivers' load by a fifth either way.
    `asked_to_wait` is what the receiver's `Retry-After` says; it is heeded up to a day.
    """
    if tries_left <= 0:
        return None
    made = max(MAX_TRIES - tries_left, 1)
    delay: timedelta = FIRST_DELAY * FACTOR ** (made - 1) * (1 - JITTER + 2 * JITTER * jitter)
    wait = timedelta() if asked_to_wait is None else min(asked_to_wait, LONGEST_WAIT)
    return max(delay, wait)
