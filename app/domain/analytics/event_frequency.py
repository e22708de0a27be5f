"""How often and how fast things happened in a session."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.values import Value


class EventMoment(NamedTuple):
    """What happened, and when the server recorded it."""

    event_type: BookingSessionEventType
    timestamp: datetime


class EventCount(Value):
    """How often one kind of event happened."""

    event_type: BookingSessionEventType
    count: int


class EventTiming(Value):
    """How long after the event before it an event happened."""

    event_type: BookingSessionEventType
    time_since_previous_seconds: float


class EventFrequency(Value):
    """The counts, in the order of the event types, the steps in time, and the number of events.

    Of events that were removed after their retention only the number is known.
    """

    event_counts: tuple[EventCount, ...]
    event_timings: tuple[EventTiming, ...]
    total_events: int
    events_expired: bool = False


def measure_frequency(events: Iterable[EventMoment]) -> EventFrequency:
    """Return the frequency of a session's events, given in order.

    Only kinds that happened are counted; each event but the first has a timing.
    """
    counts: Counter[BookingSessionEventType] = Counter()
    timings: list[EventTiming] = []
    previous: datetime | None = None
    for event_type, timestamp in events:
        counts[event_type] += 1
        if previous is not None:
            seconds = (timestamp - previous).total_seconds()
            timings.append(EventTiming(event_type=event_type, time_since_previous_seconds=seconds))
        previous = timestamp
    return EventFrequency(
        event_counts=tuple(
            EventCount(event_type=kind, count=counts[kind])
            for kind in BookingSessionEventType
            if kind in counts
        ),
        event_timings=tuple(timings),
        total_events=counts.total(),
    )
