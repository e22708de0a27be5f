"""Group commit: events of requests that arrive together are stored together.

While one group is being written the next one gathers, so a lone request waits for nobody and a busy
server writes large groups. A request is answered only once its own events are durable. Nothing is
ever written twice: a group is taken from the queue before it is written, and what fails is told to
those who wait for it.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch
from app.documents.driver import UNAVAILABLE_ERRORS
from app.documents.session_snapshot import SnapshotUpdate
from app.services.booking_sessions.event_id_sizes import observe_event_ids
from app.services.booking_sessions.event_log_metrics import (
    GROUP_BATCHES,
    GROUP_EVENTS,
    QUEUE_REFUSALS,
    QUEUED_EVENTS,
    RECORDED_EVENTS,
)
from app.services.per_loop import PerLoop
from app.services.waiting import wait_among_others

MAX_QUEUED_EVENTS = 10_000
MAX_EVENTS_PER_GROUP = 1_000
RETRY_AFTER_MS = 250
SECONDS_TO_FINISH_A_BATCH = 1.0
"""How long a batch may be seen half stored before its writer is taken for dead."""

SECONDS_TO_START_A_SESSION = 60.0
"""How long a first event may be seen without its session before its writer is taken for dead."""

logger = logging.getLogger(__name__)


class NotTaken(Exception):
    """Nothing of the request was taken; it may be sent again."""

    retry_after_ms = RETRY_AFTER_MS


class EventLogFull(NotTaken):
    """More events wait to be stored than is sensible."""


class StartedTooLate(NotTaken):
    """The session's first event was taken for left behind, and removed, before it was stored."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One batch in the queue, and what is stored after it: a snapshot, or the session it starts.

    `stored` becomes whether its sequence, and the idempotency key of a start, was still free.
    """

    batch: EventBatch
    session: SnapshotUpdate | BookingSession
    stored: asyncio.Future[bool]


@dataclass(slots=True)
class EventLog:
    """The queue of one server process, of `max_queued_events` at most."""

    max_queued_events: int = MAX_QUEUED_EVENTS
    _queue: deque[Entry] = field(default_factory=deque)
    _queued_events: int = 0
    _writer: asyncio.Task[None] | None = None

    async def append(self, batch: EventBatch, snapshot: SnapshotUpdate) -> bool:
        """Store a batch, then its session's snapshot; False when another writer was faster.

        Raises EventLogFull at once when the queue has no room, and what the driver raises when the
        database cannot be reached; then it is unknown whether the batch was stored.
        """
        return await self._enqueue(batch, snapshot)

    async def start(self, batch: EventBatch, session: BookingSession) -> bool:
        """Store the first event of a session, then the session; False when its key was taken.

        A crash between the two leaves an event of no session, which nobody was told of. Raises as
        `append` does.
        """
        return await self._enqueue(batch, session)

    async def _enqueue(self, batch: EventBatch, session: SnapshotUpdate | BookingSession) -> bool:
        if self._queued_events + len(batch.events) > self.max_queued_events:
            QUEUE_REFUSALS.inc()
            raise EventLogFull
        entry = Entry(batch, session, asyncio.get_running_loop().create_future())
        self._queue.append(entry)
        self._queued_events += len(batch.events)
        QUEUED_EVENTS.inc(len(batch.events))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_groups())
        # A client that goes away does not take back what is being written.
        return await wait_among_others(entry.stored)

    async def flush(self, *, at_most_seconds: float) -> None:
        """Return when nothing waits to be stored any more."""
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=at_most_seconds)

    async def _write_groups(self) -> None:
        try:
            while self._queue:
                await _write_group(self._take_group())
        finally:
            self._writer = None

    def _take_group(self) -> list[Entry]:
        group = [self._queue.popleft()]
        size = len(group[0].batch.events)
        while self._queue and size + len(self._queue[0].batch.events) <= MAX_EVENTS_PER_GROUP:
            size += len(self._queue[0].batch.events)
            group.append(self._queue.popleft())
        self._queued_events -= size
        QUEUED_EVENTS.dec(size)
        GROUP_EVENTS.observe(size)
        GROUP_BATCHES.observe(len(group))
        return group


async def _write_group(group: list[Entry]) -> None:
    began = time.monotonic()
    starts = [entry for entry in group if isinstance(entry.session, BookingSession)]
    others = [entry for entry in group if not isinstance(entry.session, BookingSession)]
    try:
        stored = await _store_events(group)
    except Exception as error:
        _tell_failure(group, error)
        return
    await _save_snapshots([entry for entry in others if entry in stored])
    _tell(others, stored)
    try:
        started = await _store_sessions([entry for entry in starts if entry in stored])
        if time.monotonic() - began > SECONDS_TO_START_A_SESSION / 2:
            await _take_back_forgotten(started)
    except Exception as error:
        _tell_failure(starts, error)
    else:
        _tell(starts, started)


def _tell(entries: Sequence[Entry], stored: Collection[Entry]) -> None:
    for entry in entries:
        if entry in stored:
            RECORDED_EVENTS.inc(len(entry.batch.events))
        if not entry.stored.done():
            entry.stored.set_result(entry in stored)


def _tell_failure(entries: Sequence[Entry], error: Exception) -> None:
    for entry in entries:
        if not entry.stored.done():
            entry.stored.set_exception(error)


async def _store_events(group: Sequence[Entry]) -> set[Entry]:
    """Store the batches, and return the entries of those whose sequence was free."""
    began = time.monotonic()
    lost = await BookingSessionEventDocument.append_batches([entry.batch for entry in group])
    stored = {entry for index, entry in enumerate(group) if index not in lost}
    if time.monotonic() - began > SECONDS_TO_FINISH_A_BATCH / 2:
        stored -= await _take_back_given_up(stored)
    return stored


async def _take_back_given_up(stored: Collection[Entry]) -> set[Entry]:
    """Return the entries whose batches others gave up half-way, and remove the rest of those.

    That is possible when storing took long, across a failover perhaps. Whoever gives a batch up
    removes its first event before the next one can land.
    """
    first_ids = [entry.batch.events[0].id for entry in stored]
    found = await BookingSessionEventDocument.find_stored(first_ids)
    given_up = {entry for entry in stored if entry.batch.events[0].id not in found}
    for entry in given_up:
        event_ids = [event.id for event in entry.batch.events]
        await BookingSessionEventDocument.remove_unacknowledged(event_ids)
    return given_up


async def _store_sessions(stored: Sequence[Entry]) -> list[Entry]:
    """Store the sessions that batches start, and return the entries of those whose key was free."""
    sessions = [each.session for each in stored if isinstance(each.session, BookingSession)]
    if not sessions:
        return []
    lost = await BookingSession.insert_new(sessions)
    in_vain = [event.id for index in lost for event in stored[index].batch.events]
    if in_vain:
        await BookingSessionEventDocument.remove_unacknowledged(in_vain)
    return [entry for index, entry in enumerate(stored) if index not in lost]


async def _take_back_forgotten(started: Sequence[Entry]) -> None:
    """Remove the sessions whose first events were removed meanwhile; raises StartedTooLate then.

    Whoever removes the first event of no session looks for the session once more afterwards, and
    puts the event back: so either of the two sees the other.
    """
    first_ids = {entry.batch.events[0].id: entry.batch.booking_session_id for entry in started}
    found = await BookingSessionEventDocument.find_stored([*first_ids])
    forgotten = [session_id for id_, session_id in first_ids.items() if id_ not in found]
    if forgotten:
        await BookingSession.remove_unacknowledged(forgotten)
        raise StartedTooLate


async def _save_snapshots(stored: Sequence[Entry]) -> None:
    updates = [each.session for each in stored if isinstance(each.session, SnapshotUpdate)]
    if not updates:
        return
    try:
        await _save_or_try_again(updates)
        observe_event_ids(update.event_ids for update in updates)
    except Exception:
        # The events are durable, and a snapshot that is behind is brought up by the next reader.
        logger.warning("snapshots of %d sessions are behind", len(updates), exc_info=True)


async def _save_or_try_again(updates: Sequence[SnapshotUpdate]) -> None:
    try:
        await BookingSession.save_snapshots(updates)
    except UNAVAILABLE_ERRORS:
        # The driver does not try again by itself, as one does across a failover, what may change
        # several documents.
        await BookingSession.save_snapshots(updates)


_logs = PerLoop(EventLog)


def current_event_log() -> EventLog:
    """Return the log of this process; each event loop has its own."""
    return _logs.current()
