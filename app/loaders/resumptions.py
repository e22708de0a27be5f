"""Loader of the sessions that went on where abandoned ones ended."""

import asyncio
from collections.abc import Sequence
from itertools import chain

from app.documents.booking_session import BookingSession
from app.domain.values import EntityId
from app.loaders.base import OwnedId, chunked_keys
from app.loaders.measured import MeasuredLoader


class ResumingSessionIdsLoader(MeasuredLoader[OwnedId, EntityId | None]):
    """Loads the newest session resumed from each session, by id; one command per 100 ids."""

    async def load_batch(self, keys: Sequence[OwnedId]) -> list[EntityId | None]:
        """Return the ids in the order of the keys; None where no customer returned."""
        chunks = [
            BookingSession.find_resumptions({key.id for key in chunk})
            for chunk in chunked_keys(keys)
        ]
        resumptions = list(chain.from_iterable(await asyncio.gather(*chunks)))
        newest_last = sorted(resumptions, key=lambda each: (each.created_at, each.session_id))
        found = {
            OwnedId(each.organization_id, each.resumed_from_session_id): each.session_id
            for each in newest_last
        }
        return [found.get(key) for key in keys]
