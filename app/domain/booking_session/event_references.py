"""Which of its events a session document refers to, so that it stays small however long it lives.

The list is a convenience for readers of the document; the events themselves are all kept.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.values import EntityId, Value


class EventIdPolicyKind(StrEnum):
    """How the list is kept short: by age alone, or by what matters, then by age."""

    ROLLING_WINDOW = "rolling_window"
    SIGNIFICANT_EVENTS = "significant_events"


class EventIdPolicy(Value):
    """An organization's choice; `limit` is the most ids kept, the first event's included."""

    kind: EventIdPolicyKind = EventIdPolicyKind.ROLLING_WINDOW
    limit: Annotated[int, Field(ge=2, le=1_000)] = 200


SIGNIFICANT_EVENTS = frozenset(BookingSessionEventType) - {
    BookingSessionEventType.FIELD_UPDATED,
    BookingSessionEventType.VALIDATION_ERROR,
    BookingSessionEventType.STEP_ENTERED,
    BookingSessionEventType.NAVIGATION_BACK,
}
"""What brings a session forward: its start and end, completed steps and choices."""


def keep_event_ids(
    kept: Sequence[EntityId], news: Iterable[BookingSessionEvent], *, policy: EventIdPolicy
) -> tuple[EntityId, ...]:
    """Return the ids kept after `news`, in order: the first event's and the newest ones."""
    keeps_all = policy.kind is EventIdPolicyKind.ROLLING_WINDOW
    ids = (
        *kept,
        *(event.id for event in news if keeps_all or event.event_type in SIGNIFICANT_EVENTS),
    )
    if len(ids) <= policy.limit:
        return ids
    return (ids[0], *ids[1 - policy.limit :])
