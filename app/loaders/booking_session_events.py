"""Loaders of the events of sessions."""

import asyncio
from collections.abc import Sequence
from itertools import chain

from app.documents.booking_session_event import BookingSessionEventDocument, RecordedEvent
from app.loaders.base import OwnedId, chunked_keys, owned_query
from app.loaders.measured import MeasuredLoader

OwnedEvent = tuple[OwnedId, RecordedEvent]


class EventsByIdLoader(MeasuredLoader[OwnedId, RecordedEvent | None]):
    """Loads events by id; what is not there is None."""

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[RecordedEvent | None]:
        """Return the events in the order of the keys."""
        chunks = [self._find(chunk) for chunk in chunked_keys(keys)]
        found = dict(chain.from_iterable(await asyncio.gather(*chunks)))
        return [found.get(key) for key in keys]

    async def _find(self, keys: Sequence[OwnedId]) -> list[OwnedEvent]:
        cursor = BookingSessionEventDocument.get_motor_collection().find(owned_query("_id", keys))
        return [
            (OwnedId(raw["organization_id"], raw["_id"]), RecordedEvent.from_record(raw))
            async for raw in cursor
        ]
