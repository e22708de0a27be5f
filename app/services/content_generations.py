"""How often a company's content changed, as far as this process knows.

What is computed from content is kept together with the number it was computed under, and is used
again only while the number is the same. A change made in this process counts at once, one made
elsewhere when the change stream brings it. Without the stream nothing is kept at all.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from cachetools import LRUCache
from prometheus_client import Counter as Metric

from app.documents.content_changes import ContentChangesEnded, Look, content_changes
from app.documents.driver import NO_ANSWER_ERRORS
from app.documents.ending import end_tasks
from app.domain.values import EntityId
from app.services.per_loop import PerLoop

BROKEN_CONTENT_STREAMS = Metric(
    "scheduler_broken_content_streams", "Times the stream of changes of content failed."
)
SECONDS_BEFORE_REOPENING = 1.0
STREAM_ERRORS: tuple[type[Exception], ...] = (*NO_ANSWER_ERRORS, ContentChangesEnded)

Generation: TypeAlias = tuple[int, int]
"""Changes of unknown or every organization, and those of one; compared for equality only."""

V = TypeVar("V")

logger = logging.getLogger(__name__)


class ContentGenerations:
    """The counts of one process."""

    def __init__(self) -> None:
        self._of_all = 0
        self._of_one: Counter[EntityId] = Counter()
        self._total = 0
        self._is_followed = False
        self.broken_stream_count = 0

    def current(self, organization_id: EntityId) -> Generation | None:
        """Return the organization's generation; None while changes may be missed."""
        if not self._is_followed:
            return None
        return self._of_all, self._of_one[organization_id]

    def stamp(self) -> int | None:
        """Return what stays the same as long as nobody's content changes; None as above.

        Taken before content is read, it tells afterwards whether what was read may be kept.
        """
        return self._total if self._is_followed else None

    def change(self, organization_id: EntityId | None) -> None:
        """Count a change of one organization's content, or of everyone's."""
        self._total += 1
        if organization_id is None:
            self._of_all += 1
        else:
            self._of_one[organization_id] += 1

    async def follow(self) -> None:
        """Count the changes other processes make, until cancelled."""
        while True:
            try:
                async with content_changes() as look:
                    # What was written before the stream opened is in whatever is read from now on.
                    self.change(None)
                    self._is_followed = True
                    await self._count(look)
            except STREAM_ERRORS as error:
                self.broken_stream_count += 1
                BROKEN_CONTENT_STREAMS.inc()
                logger.warning("changes of content cannot be followed: %s", type(error).__name__)
            finally:
                self._is_followed = False
            await asyncio.sleep(SECONDS_BEFORE_REOPENING)

    async def _count(self, look: Look) -> None:
        while True:
            if (change := await look()) is not None:
                self.change(change.organization_id)


class KeptContent(Generic[V]):
    """What was made of content, by key, each until its organization's content changes."""

    def __init__(self, *, max_size: int, size_of: Callable[[V], int] = lambda _: 1) -> None:
        self._kept: LRUCache[Hashable, _Kept[V]] = LRUCache(
            max_size, getsizeof=lambda kept: size_of(kept.value)
        )

    def find(self, key: Hashable) -> V | None:
        """Return what is kept and still true, or None."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.generation != current_generations().current(kept.organization_id):
            del self._kept[key]
            return None
        return kept.value

    def keep(
        self, key: Hashable, value: V, *, organization_id: EntityId, stamp: int | None
    ) -> None:
        """Keep a value made since `stamp` was taken, unless content changed meanwhile."""
        generations = current_generations()
        generation = generations.current(organization_id)
        if generation is None or stamp is None or generations.stamp() != stamp:
            return
        with contextlib.suppress(ValueError):  # Larger than everything that may be kept.
            self._kept[key] = _Kept(value, organization_id, generation)


class _Kept(NamedTuple, Generic[V]):
    value: V
    organization_id: EntityId
    generation: Generation


_generations = PerLoop(ContentGenerations)


def current_generations() -> ContentGenerations:
    """Return the counts of this process; each event loop has its own."""
    return _generations.current()


@contextlib.asynccontextmanager
async def following_content_changes() -> AsyncIterator[ContentGenerations]:
    """Follow what other processes change for as long as the block lasts."""
    generations = current_generations()
    following = asyncio.create_task(generations.follow())
    try:
        yield generations
    finally:
        await end_tasks(following)
