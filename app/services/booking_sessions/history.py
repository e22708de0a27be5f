"""Reading and extending the event stream of a session.

The events are the truth and are stored first; the snapshot in the session document follows. A crash
between the two leaves a snapshot that is behind, and the next touch of the session brings it up.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from cachetools import LRUCache

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch
from app.documents.driver import new_id
from app.documents.session_snapshot import SnapshotUpdate
from app.domain.booking_session.batches import barrier_after, split_remnant, split_whole
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import evolve
from app.domain.booking_session.event_references import keep_event_ids
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.state import SessionState
from app.domain.values import EntityId
from app.services.booking_sessions.event_log import (
    SECONDS_TO_FINISH_A_BATCH,
    current_event_log,
)

SECONDS_BETWEEN_LOOKS = 0.05
MAX_HISTORIES_KEPT = 10_000
LOOKS_AT_A_STALLED_BATCH = round(SECONDS_TO_FINISH_A_BATCH / SECONDS_BETWEEN_LOOKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHistory:
    """A session as its events say, whether or not its snapshot has caught up.

    `repeats` are the stored events that carry one of the client event ids asked for.
    """

    session: BookingSession
    state: SessionState
    event_ids: tuple[EntityId, ...]
    repeats: tuple[BookingSessionEvent, ...] = ()


_kept: LRUCache[tuple[EntityId, EntityId], SessionHistory] = LRUCache(maxsize=MAX_HISTORIES_KEPT)
_locks: WeakValueDictionary[EntityId, asyncio.Lock] = WeakValueDictionary()


async def load_history(
    organization_id: EntityId, session_id: EntityId, *, client_event_ids: Sequence[str] = ()
) -> SessionHistory | None:
    """Return the session with its true state, or None when it is not the organization's.

    Three commands at most, whatever the length of the stream: the session, the events of the client
    event ids, and those the snapshot does not reflect. A further one brings up a snapshot that a
    crash left behind: of a closed session there may be no later write to do so.
    """
    stalled = _Stalled()
    while True:
        session = await BookingSession.get_owned(organization_id, session_id)
        if session is None:
            return None
        events = await BookingSessionEventDocument.find_news_and_repeats(
            session_id, after_sequence=session.sequence, client_event_ids=client_event_ids
        )
        news, rest = split_whole([each for each in events if each.sequence > session.sequence])
        if not rest:
            history = _replay(session, news, events, client_event_ids)
            if news:
                await _heal_snapshot(history, now=news[-1].timestamp)
            return history
        if stalled.is_given_up(rest):
            await _give_up(rest, session)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


@dataclass(slots=True)
class _Stalled:
    """How often in a row one batch was seen without having grown.

    On a busy session each look can meet another batch that is just being stored.
    """

    event_ids: tuple[EntityId, ...] = ()
    looks: int = 0

    def is_given_up(self, events: Sequence[BookingSessionEvent]) -> bool:
        """Whether the batch has not grown for so long that its writer must be dead."""
        event_ids = tuple(event.id for event in events)
        self.looks = self.looks + 1 if event_ids == self.event_ids else 0
        self.event_ids = event_ids
        return self.looks >= LOOKS_AT_A_STALLED_BATCH


async def append(history: SessionHistory, decision: Decision, *, now: datetime) -> bool:
    """Store the events of a decision, then the snapshot; False when another writer was faster.

    Raises EventLogFull when too much waits to be stored.
    """
    session = history.session
    event_ids = keep_event_ids(history.event_ids, decision.events, policy=session.event_id_policy)
    key = (session.organization_id, session.id)
    # Until the outcome is known, nobody may decide on the state before.
    _kept.pop(key, None)
    stored = await current_event_log().append(
        _batch_of(decision.events, session),
        SnapshotUpdate(
            session_id=session.id, state=decision.state, event_ids=tuple(event_ids), now=now
        ),
    )
    if stored:
        keep_history(session, decision.state, event_ids=tuple(event_ids))
    return stored


def keep_history(
    session: BookingSession, state: SessionState, *, event_ids: tuple[EntityId, ...]
) -> None:
    """Remember a session as this process has just written it."""
    _kept[session.organization_id, session.id] = SessionHistory(
        session=session, state=state, event_ids=event_ids
    )


def find_kept_history(organization_id: EntityId, session_id: EntityId) -> SessionHistory | None:
    """Return the session as this process last wrote it, without asking the database.

    Another process may have written since. Whoever decides on it finds that out when the sequence
    is taken, and must not refuse anything before having loaded the session.
    """
    return _kept.get((organization_id, session_id))


@contextlib.asynccontextmanager
async def one_at_a_time(session_id: EntityId) -> AsyncIterator[None]:
    """Keep the requests of one session in this process from racing each other in vain."""
    lock = _locks.get(session_id)
    if lock is None:
        lock = _locks[session_id] = asyncio.Lock()
    async with lock:
        yield


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
        event_ids=keep_event_ids(
            session.booking_session_event_ids, news, policy=session.event_id_policy
        ),
        repeats=tuple(event for event in events if event.client_event_id in wanted),
    )


async def _heal_snapshot(history: SessionHistory, *, now: datetime) -> None:
    update = SnapshotUpdate(
        session_id=history.session.id, state=history.state, event_ids=history.event_ids, now=now
    )
    await BookingSession.save_snapshots([update])


async def _give_up(rest: Sequence[BookingSessionEvent], session: BookingSession) -> None:
    """Remove what is left of the first batch of `rest`, unless it grows at this very moment.

    The sequence it would go on with is taken first: from then on the batch cannot become whole, so
    that no writer, however slow, takes it for stored. Its writer may land more of it even after the
    barrier is gone; that is recognised, since its beginning is missing.
    """
    remnant, later = split_remnant(rest)
    barrier = barrier_after(remnant[-1], event_id=new_id())
    is_blocked = bool(later) and later[0].sequence == barrier.sequence
    if not is_blocked and await _is_taken(barrier, session):
        return
    await BookingSessionEventDocument.remove_unacknowledged([event.id for event in remnant])
    await BookingSessionEventDocument.remove_unacknowledged([barrier.id])


async def _is_taken(barrier: BookingSessionEvent, session: BookingSession) -> bool:
    """Store the barrier; return whether another event has its sequence already."""
    batch = _batch_of((barrier,), session)
    return bool(await BookingSessionEventDocument.append_batches([batch]))


def _batch_of(events: tuple[BookingSessionEvent, ...], session: BookingSession) -> EventBatch:
    return EventBatch(
        events=events,
        organization_id=session.organization_id,
        booking_session_id=session.id,
        booking_flow_id=session.booking_flow_id,
    )
