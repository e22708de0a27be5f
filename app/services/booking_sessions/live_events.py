"""Handing out events as they are recorded: one change stream, any number of subscribers."""

import asyncio
import contextlib
import logging
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from enum import Enum

from prometheus_client import Counter, Gauge

from app.documents.booking_session_event import BookingSessionEventDocument, RecordedEvent
from app.documents.live_events import recorded_events
from app.domain.values import EntityId
from app.services.booking_sessions.whole_batches import EventsMissing, WholeBatches
from app.services.per_loop import PerLoop
from app.services.waiting import wait_among_others

LIVE_SUBSCRIBERS = Gauge(
    "scheduler_live_subscribers",
    "Subscriptions that follow recorded events.",
    multiprocess_mode="livesum",
)
BROKEN_EVENT_STREAMS = Counter(
    "scheduler_broken_event_streams", "Times the stream of recorded events failed."
)
MAX_SUBSCRIBERS = 10_000
MAX_BUFFERED_EVENTS = 1_000
"""Events that wait for one subscriber; a batch of a client has 100 at most."""

logger = logging.getLogger(__name__)


class EndReason(Enum):
    """Why a subscription ends that nobody ended; the text is meant for the client."""

    TOO_SLOW = "Events were recorded faster than they were read."
    LOST = "Events may have been missed."
    TOO_MANY = "Too many follow the events at the moment."
    CLOSING = "The server is about to stop."


class LiveEventsEnded(Exception):
    """There are no more events for this subscriber; it may subscribe again."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events a subscriber gets: an organization's, of one flow or session if named."""

    organization_id: EntityId
    booking_flow_id: EntityId | None = None
    booking_session_id: EntityId | None = None

    def includes(self, recorded: RecordedEvent) -> bool:
        """Return whether the event is wanted."""
        return (
            recorded.organization_id == self.organization_id
            and self.booking_flow_id in {None, recorded.booking_flow_id}
            and self.booking_session_id in {None, recorded.booking_session_id}
        )


class Subscriber:
    """The events waiting for one subscriber."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self._waiting: deque[RecordedEvent] = deque()
        self._changed = asyncio.Event()
        self._end: EndReason | None = None

    def offer(self, recorded: RecordedEvent) -> None:
        """Let an event wait if it is wanted; a subscriber that lets too many wait is cut off."""
        if self._end is not None or not self.wanted.includes(recorded):
            return
        if len(self._waiting) >= MAX_BUFFERED_EVENTS:
            self._waiting.clear()
            self.end(EndReason.TOO_SLOW)
            return
        self._waiting.append(recorded)
        self._changed.set()

    def end(self, reason: EndReason) -> None:
        """Hand out what waits, and nothing after it."""
        self._end = self._end or reason
        self._changed.set()

    async def next_event(self) -> RecordedEvent:
        """Return the next event, however long it takes; raises LiveEventsEnded."""
        while not self._waiting:
            if self._end is not None:
                raise LiveEventsEnded(self._end)
            self._changed.clear()
            await self._changed.wait()
        return self._waiting.popleft()


class LiveEvents:
    """The subscribers of one server process.

    The stream is opened for the first of them and closed after the last. When it fails, all of them
    end: what was recorded until they are back they must read from the sessions.
    """

    def __init__(self) -> None:
        self._subscribers: defaultdict[EntityId, set[Subscriber]] = defaultdict(set)
        self._count = 0
        self._opened: asyncio.Future[None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._is_closing = False

    @contextlib.asynccontextmanager
    async def subscribe(self, wanted: Wanted) -> AsyncIterator[Subscriber]:
        """Yield a subscriber who misses nothing that is recorded inside the block.

        Raises LiveEventsEnded, and what the driver raises when the database cannot be reached.
        """
        if self._is_closing:
            raise LiveEventsEnded(EndReason.CLOSING)
        if self._count >= MAX_SUBSCRIBERS:
            raise LiveEventsEnded(EndReason.TOO_MANY)
        subscriber = Subscriber(wanted)
        self._subscribers[wanted.organization_id].add(subscriber)
        self._count += 1
        LIVE_SUBSCRIBERS.inc()
        try:
            await self._open()
            yield subscriber
        finally:
            self._leave(subscriber)

    def end(self) -> None:
        """End every subscription, for good."""
        self._is_closing = True
        self._end_all(EndReason.CLOSING)

    async def close(self) -> None:
        """End every subscription, and wait until the stream is closed."""
        self.end()
        if self._reader is not None:
            await asyncio.wait({self._reader})

    def _leave(self, subscriber: Subscriber) -> None:
        organization_id = subscriber.wanted.organization_id
        self._count -= 1
        LIVE_SUBSCRIBERS.dec()
        self._subscribers[organization_id].discard(subscriber)
        if not self._subscribers[organization_id]:
            del self._subscribers[organization_id]

    async def _open(self) -> None:
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()
            self._reader = asyncio.create_task(self._read(self._opened))
        await wait_among_others(self._opened)

    async def _read(self, opened: asyncio.Future[None]) -> None:
        try:
            async with recorded_events() as look:
                opened.set_result(None)
                batches = WholeBatches()
                while self._count and not self._is_closing:
                    if (recorded := await look()) is not None:
                        for whole in batches.add(recorded):
                            self._hand_out(whole)
                self._opened = None
        except Exception as error:
            # A stream that fails while it is being closed may have a successor already.
            has_subscribers = self._opened is opened
            if has_subscribers:
                self._opened = None
            if not opened.done():
                opened.set_exception(error)
                return
            logger.warning("the stream of recorded events failed", exc_info=error)
            BROKEN_EVENT_STREAMS.inc()
            if has_subscribers:
                self._end_all(EndReason.LOST)

    def _hand_out(self, recorded: RecordedEvent) -> None:
        for subscriber in self._subscribers.get(recorded.organization_id, ()):
            subscriber.offer(recorded)

    def _end_all(self, reason: EndReason) -> None:
        for subscribers in self._subscribers.values():
            for subscriber in subscribers:
                subscriber.end(reason)


_live_events = PerLoop(LiveEvents)


def current_live_events() -> LiveEvents:
    """Return the subscribers of this process; each event loop has its own."""
    return _live_events.current()


@contextlib.asynccontextmanager
async def serving_live_events() -> AsyncIterator[LiveEvents]:
    """Yield the process's subscribers; at the end they end, and the stream is closed."""
    live_events = _live_events.renew()
    try:
        yield live_events
    finally:
        await live_events.close()


async def follow_events(
    wanted: Wanted, *, after_sequence: int | None = None
) -> AsyncGenerator[RecordedEvent, None]:
    """Yield events as they are recorded, those of a session in order.

    With `after_sequence`, those of the one wanted session after that sequence come first, without a
    gap. Raises as `LiveEvents.subscribe` does.
    """
    async with current_live_events().subscribe(wanted) as subscriber:
        last = 0
        if after_sequence is not None and wanted.booking_session_id is not None:
            last = after_sequence
            async for recorded in _stored_events(wanted, after_sequence):
                last = recorded.event.sequence
                yield recorded
        while True:
            recorded = await subscriber.next_event()
            if after_sequence is None or recorded.event.sequence > last:
                yield recorded


async def _stored_events(wanted: Wanted, after_sequence: int) -> AsyncIterator[RecordedEvent]:
    batches = WholeBatches()
    async for recorded in BookingSessionEventDocument.stream_recorded(
        # The event the subscriber has already tells which batch it is in the middle of.
        wanted.booking_session_id or "",
        after_sequence=max(after_sequence - 1, 0),
    ):
        if recorded.event.sequence == after_sequence:
            batches.resume_after(recorded)
            continue
        for whole in _add(batches, recorded):
            if wanted.includes(whole) and whole.event.sequence > after_sequence:
                yield whole


def _add(batches: WholeBatches, recorded: RecordedEvent) -> tuple[RecordedEvent, ...]:
    try:
        return batches.add(recorded)
    except EventsMissing:
        raise LiveEventsEnded(EndReason.LOST) from None
