"""The event frequency of one session, over all of its events."""

from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.analytics.event_frequency import EventFrequency, EventMoment, measure_frequency
from app.domain.values import EntityId
from app.services.booking_sessions.history import load_history


async def load_event_frequency(
    organization_id: EntityId, booking_session_id: EntityId
) -> EventFrequency | None:
    """Return the frequency of every event stored, None when the session is not the organization's.

    The collection is read, not the bounded list of ids in the session.
    """
    history = await load_history(organization_id, booking_session_id)
    if history is None:
        return None
    moments = await BookingSessionEventDocument.find_moments(
        booking_session_id, to_sequence=history.state.sequence
    )
    return measure_frequency(EventMoment(*moment) for moment in moments)
