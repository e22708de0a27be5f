"""Keeping when API keys were last used, without making any request wait for it."""

import asyncio
import logging
from datetime import datetime, timedelta

from cachetools import TTLCache

from app.documents.api_key import ApiKey
from app.documents.driver import UNAVAILABLE_ERRORS
from app.domain.values import EntityId

NOTE_SECONDS = 60
"""A key's use is written at most so often by each process."""

MAX_REMEMBERED = 10_000

logger = logging.getLogger(__name__)


class KeyUses:
    """Writes the last use of keys in the background."""

    def __init__(self) -> None:
        self._noted: TTLCache[EntityId, None] = TTLCache(MAX_REMEMBERED, ttl=NOTE_SECONDS)
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, key: ApiKey, *, now: datetime) -> None:
        """Have the use written, unless this or another process has just done so."""
        recently = now - timedelta(seconds=NOTE_SECONDS)
        is_fresh = key.last_used_at is not None and key.last_used_at > recently
        if is_fresh or key.id in self._noted:
            return
        self._noted[key.id] = None
        task = asyncio.create_task(_write(key.id, now))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def finish(self) -> None:
        """Wait until what was noted is written."""
        await asyncio.gather(*self._writing)


async def _write(key_id: EntityId, now: datetime) -> None:
    try:
        await ApiKey.note_use(key_id, now=now)
    except UNAVAILABLE_ERRORS as error:
        logger.warning("the use of a key was not kept: %s", error)
