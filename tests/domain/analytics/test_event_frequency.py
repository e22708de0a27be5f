from datetime import UTC, datetime, timedelta

from app.domain.analytics.event_frequency import (
    EventCount,
    EventFrequency,
    EventMoment,
    EventTiming,
    measure_frequency,
)
from app.domain.booking_session.event_types import BookingSessionEventType as Kind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_kinds_that_happened_are_counted_and_each_event_but_the_first_is_timed() -> None:
    moments = [
        EventMoment(Kind.SESSION_STARTED, NOON),
        EventMoment(Kind.FIELD_UPDATED, NOON + timedelta(milliseconds=1_500)),
        EventMoment(Kind.STEP_ENTERED, NOON + timedelta(seconds=4)),
        EventMoment(Kind.FIELD_UPDATED, NOON + timedelta(seconds=4)),
    ]

    assert measure_frequency(moments) == EventFrequency(
        event_counts=(
            EventCount(event_type=Kind.SESSION_STARTED, count=1),
            EventCount(event_type=Kind.STEP_ENTERED, count=1),
            EventCount(event_type=Kind.FIELD_UPDATED, count=2),
        ),
        event_timings=(
            EventTiming(event_type=Kind.FIELD_UPDATED, time_since_previous_seconds=1.5),
            EventTiming(event_type=Kind.STEP_ENTERED, time_since_previous_seconds=2.5),
            EventTiming(event_type=Kind.FIELD_UPDATED, time_since_previous_seconds=0),
        ),
        total_events=4,
    )


def test_no_events_are_no_frequency_but_zero() -> None:
    assert measure_frequency([]) == EventFrequency(
        event_counts=(), event_timings=(), total_events=0
    )
