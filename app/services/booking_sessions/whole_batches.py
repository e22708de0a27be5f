"""Passing on events once their batch is whole, as they come."""

from dataclasses import dataclass, field

from cachetools import LRUCache

from app.documents.booking_session_event import RecordedEvent
from app.domain.booking_session.batches import begins_batch, continues_batch, ends_batch
from app.domain.values import EntityId

MAX_SESSIONS = 10_000


class EventsMissing(Exception):
    """An event came that does not follow the session's last one: some were never seen."""


@dataclass(slots=True)
class _Progress:
    passed: int | None = None
    gathering: list[RecordedEvent] = field(default_factory=list)
    torn_batch_ids: set[EntityId | None] = field(default_factory=set)


class WholeBatches:
    """Passes on the events of a batch once all of them are there.

    A writer that dies half-way leaves the beginning of a batch, which is removed and was never
    acknowledged; the next batch of the session begins with the same sequence. What lands of a batch
    after its beginning was removed is never passed on either.
    """

    def __init__(self) -> None:
        self._sessions: LRUCache[EntityId, _Progress] = LRUCache(MAX_SESSIONS)

    def resume_after(self, recorded: RecordedEvent) -> None:
        """Go on after an event of a whole batch; if it ends none, it is passed on once more."""
        ends = ends_batch(recorded.event)
        self._sessions[recorded.booking_session_id] = _Progress(
            passed=recorded.event.sequence if ends else None, gathering=[] if ends else [recorded]
        )

    def add(self, recorded: RecordedEvent) -> tuple[RecordedEvent, ...]:
        """Return the batch this event completes, or nothing; the events of a session in order.

        Raises EventsMissing when an event of the session before this one was not added.
        """
        progress = self._sessions.get(recorded.booking_session_id)
        if progress is None:
            progress = self._sessions[recorded.booking_session_id] = _Progress()
        gathering = progress.gathering
        if gathering and not continues_batch(recorded.event, gathering[-1].event):
            progress.torn_batch_ids.add(gathering[0].event.batch_id)
            gathering.clear()
        if not gathering and not begins_batch(recorded.event):
            if recorded.event.batch_id not in progress.torn_batch_ids:
                raise EventsMissing(recorded.booking_session_id)
            return ()
        gathering.append(recorded)
        return self._take_whole(progress)

    def _take_whole(self, progress: _Progress) -> tuple[RecordedEvent, ...]:
        first, last = progress.gathering[0], progress.gathering[-1]
        if not ends_batch(last.event):
            return ()
        if progress.passed not in {None, first.event.sequence - 1}:
            raise EventsMissing(last.booking_session_id)
        whole, progress.gathering = tuple(progress.gathering), []
        progress.passed = last.event.sequence
        return whole
