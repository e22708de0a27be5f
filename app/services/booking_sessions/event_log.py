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
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from app.documents.booking_session import BookingSession, SnapshotUpdate
from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch

MAX_QUEUED_EVENTS = 10_000
MAX_EVENTS_PER_GROUP = 1_000
RETRY_AFTER_MS = 250
SECONDS_TO_FINISH_A_BATCH = 1.0
"""How long a batch may be seen half stored before its writer is taken for dead."""

logger = logging.getLogger(__name__)


class EventLogFull(Exception):
    """More events wait to be stored than is sensible; nothing of this request was taken."""

    def __init__(self) -> None:
        super().__init__("too many events wait to be stored")
        self.retry_after_ms = RETRY_AFTER_MS


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One batch in the queue; `stored` becomes whether its sequence was still free."""

    batch: EventBatch
    snapshot: SnapshotUpdate
    stored: asyncio.Future[bool]


@dataclass(slots=True)
class EventLog:
    """The queue of one server process."""

    _queue: deque[Entry] = field(default_factory=deque)
    _queued_events: int = 0
    _writer: asyncio.Task[None] | None = None

    async def append(self, batch: EventBatch, snapshot: SnapshotUpdate) -> bool:
        """Store a batch, then its session's snapshot; False when another writer was faster.

        Raises EventLogFull at once when the queue has no room, and what the driver raises when the
        database cannot be reached; then it is unknown whether the batch was stored.
        """
        if self._queued_events + len(batch.events) > MAX_QUEUED_EVENTS:
            raise EventLogFull
        entry = Entry(batch, snapshot, asyncio.get_running_loop().create_future())
        self._queue.append(entry)
        self._queued_events += len(batch.events)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_groups())
        # A client that goes away does not take back what is being written.
        return await asyncio.shield(entry.stored)

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
        return group


async def _write_group(group: list[Entry]) -> None:
    try:
        stored = await _store_events(group)
        await _save_snapshots(stored)
    except Exception as error:
        for entry in group:
            if not entry.stored.done():
                entry.stored.set_exception(error)
    else:
        for entry in group:
            if not entry.stored.done():
                entry.stored.set_result(entry in stored)


async def _store_events(group: Sequence[Entry]) -> list[Entry]:
    """Store the batches, and return the entries of those whose sequence was free."""
    began = time.monotonic()
    lost = await BookingSessionEventDocument.append_batches([entry.batch for entry in group])
    stored = [entry for index, entry in enumerate(group) if index not in lost]
    if time.monotonic() - began > SECONDS_TO_FINISH_A_BATCH / 2:
        stored = [entry for entry in stored if await _is_still_whole(entry.batch)]
    return stored


async def _is_still_whole(batch: EventBatch) -> bool:
    """Return whether all events are stored; if not, remove them all.

    A batch that took long, across a failover perhaps, may have been given up by others half-way.
    """
    event_ids = [event.id for event in batch.events]
    if await BookingSessionEventDocument.count_stored(event_ids) == len(event_ids):
        return True
    await BookingSessionEventDocument.remove_unacknowledged(event_ids)
    return False


async def _save_snapshots(stored: Sequence[Entry]) -> None:
    if not stored:
        return
    try:
        await BookingSession.save_snapshots([entry.snapshot for entry in stored])
    except Exception:
        # The events are durable, and a snapshot that is behind is brought up by the next reader.
        logger.warning("snapshots of %d sessions are behind", len(stored), exc_info=True)


_logs: WeakKeyDictionary[asyncio.AbstractEventLoop, EventLog] = WeakKeyDictionary()


def current_event_log() -> EventLog:
    """Return the log of this process; each event loop has its own."""
    loop = asyncio.get_running_loop()
    log = _logs.get(loop)
    if log is None:
        log = _logs[loop] = EventLog()
    return log
