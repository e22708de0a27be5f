"""The report on the events of one session, as clients read it."""

from datetime import datetime
from typing import Self

import strawberry

from app.api.booking_sessions.enums import BookingSessionEventType
from app.domain.analytics import event_frequency as domain


@strawberry.type(description="How often one kind of event happened.")
class EventCount:
    event_type: BookingSessionEventType = strawberry.field(description="The kind of event.")
    count: int = strawberry.field(description="How often it happened.")


@strawberry.type(description="How long after the event before it an event happened.")
class EventTiming:
    event_type: BookingSessionEventType = strawberry.field(description="The kind of event.")
    time_since_previous_seconds: float = strawberry.field(
        description="Seconds since the event before it, by the server's clock."
    )


@strawberry.type(description="How often and how fast things happened in a session.")
class EventFrequency:
    event_counts: list[EventCount] = strawberry.field(
        description="A count for each kind of event that happened."
    )
    event_timings: list[EventTiming] = strawberry.field(
        description="A timing for each event but the first, in order."
    )
    total_events: int = strawberry.field(description="The number of events.")
    events_expired: bool = strawberry.field(
        description=(
            "Whether the events were removed after their retention: then only their number is "
            "known, and counts and timings are empty."
        )
    )

    as_of: datetime = strawberry.field(
        description="When the report was made; later events are no part of it."
    )

    @classmethod
    def from_domain(cls, frequency: domain.EventFrequency, *, as_of: datetime) -> Self:
        """Return the report in the schema's type."""
        return cls(
            event_counts=[EventCount(**dict(count)) for count in frequency.event_counts],
            event_timings=[EventTiming(**dict(timing)) for timing in frequency.event_timings],
            total_events=frequency.total_events,
            events_expired=frequency.events_expired,
            as_of=as_of,
        )
