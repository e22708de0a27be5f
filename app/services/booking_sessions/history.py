"""Reading and extending the event stream of a session.

The events are the truth and are stored first; the snapshot in the session document follows. A crash
between the two leaves a snapshot that is behind, and the next touch of the session brings it up.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import evolve
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import SessionState
from app.domain.values import EntityId

MAX_EVENT_IDS_KEPT = 200
"""The session document keeps its first event's id and the newest, so that it stays small."""

ATTEMPTS_TO_SEE_A_WHOLE_BATCH = 20
SECONDS_BETWEEN_ATTEMPTS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHistory:
    """A session as its events say, whether or not its snapshot has caught up.

    `repeats` are the stored events that carry one of the client event ids asked for.
    """

    session: BookingSession
    state: SessionState
    event_ids: tuple[EntityId, ...]
    repeats: tuple[BookingSessionEvent, ...] = ()


async def load_history(
    organization_id: EntityId, session_id: EntityId, *, client_event_ids: Sequence[str] = ()
) -> SessionHistory | None:
    """Return the session with its true state, or None when it is not the organization's.

    Two commands, whatever the length of the stream: the session, and the events that its snapshot
    does not reflect together with those of the client event ids.
    """
    for _ in range(ATTEMPTS_TO_SEE_A_WHOLE_BATCH):
        session = await BookingSession.get_owned(organization_id, session_id)
        if session is None:
            return None
        events = await BookingSessionEventDocument.find_news_and_repeats(
            session_id, after_sequence=session.sequence, client_event_ids=client_event_ids
        )
        news = [event for event in events if event.sequence > session.sequence]
        if not _is_cut_short(news):
            return _replay(session, news, events, client_event_ids)
        await asyncio.sleep(SECONDS_BETWEEN_ATTEMPTS)
    await _remove_cut_short_batch(news)
    return await load_history(organization_id, session_id, client_event_ids=client_event_ids)


async def append(history: SessionHistory, decision: Decision, *, now: datetime) -> bool:
    """Store the events of a decision, then the snapshot; False when another writer was faster."""
    session = history.session
    stored = await BookingSessionEventDocument.append(
        decision.events,
        organization_id=session.organization_id,
        booking_session_id=session.id,
        booking_flow_id=session.booking_flow_id,
    )
    if stored:
        new_ids = tuple(event.id for event in decision.events)
        await BookingSession.save_snapshot(
            session.id,
            decision.state,
            event_ids=bounded_event_ids((*history.event_ids, *new_ids)),
            now=now,
        )
    return stored


def bounded_event_ids(event_ids: Sequence[EntityId]) -> tuple[EntityId, ...]:
    """Return the ids a session document keeps: the first event's and the newest."""
    if len(event_ids) <= MAX_EVENT_IDS_KEPT:
        return tuple(event_ids)
    return (event_ids[0], *event_ids[1 - MAX_EVENT_IDS_KEPT :])


def _replay(
    session: BookingSession,
    news: Sequence[BookingSessionEvent],
    events: Sequence[BookingSessionEvent],
    client_event_ids: Sequence[str],
) -> SessionHistory:
    state = session.to_state()
    for event in news:
        state = evolve(state, event)
    wanted = frozenset(client_event_ids)
    return SessionHistory(
        session=session,
        state=state,
        event_ids=(*session.booking_session_event_ids, *(event.id for event in news)),
        repeats=tuple(event for event in events if event.client_event_id in wanted),
    )


def _is_cut_short(events: Sequence[BookingSessionEvent]) -> bool:
    return bool(events) and events[-1].sequence < events[-1].batch_end


async def _remove_cut_short_batch(events: Sequence[BookingSessionEvent]) -> None:
    batch_end = events[-1].batch_end
    torn = [event.id for event in events if event.batch_end == batch_end]
    await BookingSessionEventDocument.remove_unacknowledged(torn)
