"""Telling connections that stay open, at once, that the key or member they speak for changed.

News reaches this process only; elsewhere, credentials are looked at again every few seconds.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.values import EntityId

_waiting: defaultdict[EntityId, set[asyncio.Event]] = defaultdict(set)


@contextmanager
def noticing_changes(actor_id: EntityId) -> Iterator[asyncio.Event]:
    """Yield an event that is set whenever the key or member is changed by this process."""
    event = asyncio.Event()
    _waiting[actor_id].add(event)
    try:
        yield event
    finally:
        _waiting[actor_id].discard(event)
        if not _waiting[actor_id]:
            del _waiting[actor_id]


def tell_changed(actor_id: EntityId) -> None:
    """Let the open connections of a key or member look at their credential again."""
    for event in tuple(_waiting.get(actor_id, ())):
        event.set()
