"""Events as they are recorded, by whatever process: the change stream of their collection."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from app.documents.booking_session_event import BookingSessionEventDocument, RecordedEvent
from app.documents.change_stream_lag import observe_lag
from app.documents.driver import watch

WAIT_MS = 1_000
"""How long a look waits for an event; the last subscriber's stream is closed that much later."""

PIPELINE = [{"$match": {"operationType": "insert"}}]

Look: TypeAlias = Callable[[], Awaitable[RecordedEvent | None]]


class EventStreamEnded(Exception):
    """The database closed the stream, for example because the collection was dropped."""


@contextlib.asynccontextmanager
async def recorded_events() -> AsyncIterator[Look]:
    """Yield what returns the next recorded event, or None when there was none for a while.

    From the moment the block is entered none is missed: after a hiccup the driver itself reopens
    the stream where it was. What it raises beyond that means that events may have been missed. An
    idle stream holds one of the driver's few threads, so there is one for a whole process.
    """
    collection = BookingSessionEventDocument.get_motor_collection()
    async with watch(collection, PIPELINE, max_await_time_ms=WAIT_MS) as changes:

        async def look() -> RecordedEvent | None:
            change: dict[str, Any] | None = await changes.try_next()
            if change is not None:
                observe_lag("events", change, now=datetime.now(UTC))
                return RecordedEvent.from_record(change["fullDocument"])
            if not changes.alive:
                raise EventStreamEnded
            return None

        yield look
