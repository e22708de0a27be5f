"""Loaders of the events of sessions."""

import asyncio
from collections.abc import Sequence
from itertools import chain

from aiodataloader import DataLoader

from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.booking_session.events import BookingSessionEvent, event_from_document
from app.loaders.base import OwnedId, chunked_keys, owned_query

OwnedEvent = tuple[OwnedId, BookingSessionEvent]


class EventsByIdLoader(DataLoader[OwnedId, BookingSessionEvent | None]):
    """Loads events by id; what is not there is None."""

    async def batch_load_fn(self, keys: Sequence[OwnedId]) -> list[BookingSessionEvent | None]:
        """Return the events in the order of the keys."""
        chunks = [self._find(chunk) for chunk in chunked_keys(keys)]
        found = dict(chain.from_iterable(await asyncio.gather(*chunks)))
        return [found.get(key) for key in keys]

    async def _find(self, keys: Sequence[OwnedId]) -> list[OwnedEvent]:
        cursor = BookingSessionEventDocument.get_motor_collection().find(owned_query("_id", keys))
        return [
            (OwnedId(raw["organization_id"], raw["_id"]), event_from_document(raw))
            async for raw in cursor
        ]
