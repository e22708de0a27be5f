"""Telling acknowledged events from those of a batch that was cut short."""

from dataclasses import dataclass, field

from cachetools import LRUCache

from app.documents.booking_session_event import RecordedEvent
from app.domain.values import EntityId

MAX_SESSIONS = 10_000


class EventsMissing(Exception):
    """An event came that does not follow the session's last one: some were never seen."""


@dataclass(slots=True)
class _Progress:
    passed: int | None = None
    gathering: list[RecordedEvent] = field(default_factory=list)


class WholeBatches:
    """Passes on the events of a batch once all of them are there.

    A writer that dies half-way leaves the beginning of a batch, which is removed and was never
    acknowledged; the next batch of the session begins with the same sequence.
    """

    def __init__(self) -> None:
        self._sessions: LRUCache[EntityId, _Progress] = LRUCache(MAX_SESSIONS)

    def add(self, recorded: RecordedEvent) -> tuple[RecordedEvent, ...]:
        """Return the batch this event completes, or nothing; the events of a session in order.

        Raises EventsMissing when an event of the session before this one was not added.
        """
        event = recorded.event
        progress = self._sessions.get(recorded.booking_session_id)
        if progress is None:
            progress = self._sessions[recorded.booking_session_id] = _Progress()
        last = progress.gathering[-1].event if progress.gathering else None
        if last and (event.sequence, event.batch_end) != (last.sequence + 1, last.batch_end):
            progress.gathering.clear()
        if not progress.gathering and progress.passed not in {None, event.sequence - 1}:
            raise EventsMissing(recorded.booking_session_id)
        progress.gathering.append(recorded)
        if event.sequence < event.batch_end:
            return ()
        whole = tuple(progress.gathering)
        self._sessions[recorded.booking_session_id] = _Progress(passed=event.sequence)
        return whole
