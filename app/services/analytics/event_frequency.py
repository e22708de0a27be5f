"""The event frequency of one session, over all of its events."""

from datetime import datetime

from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.analytics.event_frequency import EventFrequency, EventMoment, measure_frequency
from app.domain.values import EntityId
from app.services.booking_sessions.history import load_history
from app.services.booking_sessions.session_view import SessionView


async def load_event_frequency(
    organization_id: EntityId, booking_session_id: EntityId, *, now: datetime
) -> EventFrequency | None:
    """Return the frequency of every event stored, None when the session is not the organization's.

    The collection is read, not the bounded list of ids in the session.
    """
    history = await load_history(organization_id, booking_session_id)
    if history is None:
        return None
    if SessionView.of(history.session, history.state).has_expired(now):
        total = history.state.metrics.event_count
        return EventFrequency(
            event_counts=(), event_timings=(), total_events=total, events_expired=True
        )
    moments = await BookingSessionEventDocument.find_moments(
        booking_session_id, to_sequence=history.state.sequence
    )
    return measure_frequency(EventMoment(*moment) for moment in moments)
