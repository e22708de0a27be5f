"""Judging a stored session by its events, one event at a time."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from app.domain.booking_session.batches import begins_batch, continues_batch, ends_batch
from app.domain.booking_session.derive import BrokenEventStreamError, apply, start_fold
from app.domain.booking_session.event_references import EventIdPolicy, keep_event_ids
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.fold import SessionFold
from app.domain.booking_session.snapshot import freeze
from app.domain.booking_session.state import SessionState
from app.domain.values import EntityId, Value


class FindingKind(StrEnum):
    """What is wrong with a stored session."""

    EVENTS_MISSING = "events_missing"
    BROKEN_STREAM = "broken_stream"
    CUT_SHORT_BATCH = "cut_short_batch"
    UNREADABLE = "unreadable"
    SNAPSHOT_DIFFERS = "snapshot_differs"
    EVENT_IDS_WRONG = "event_ids_wrong"
    BOOKING_MISSING = "booking_missing"
    SESSION_MISSING = "session_missing"


class Finding(Value):
    """One thing wrong with one session; `detail` is for people."""

    kind: FindingKind
    booking_session_id: EntityId
    detail: str


class StreamAudit:
    """Follows a session's events and keeps what they come to, in memory that does not grow.

    Only the events of the batch being read are held; they count once the batch is whole. What is
    left of batches that are not may follow the last whole one, but nothing may follow that; an
    event without the beginning of its batch is one of those only if it is newer than the snapshot.
    """

    def __init__(self, *, policy: EventIdPolicy, snapshot_sequence: int = 0) -> None:
        self._policy = policy
        self._snapshot_sequence = snapshot_sequence
        self._fold: SessionFold | None = None
        self._batch: list[BookingSessionEvent] = []
        self._remnants: list[BookingSessionEvent] = []
        self._reason: str | None = None
        self.event_ids: tuple[EntityId, ...] = ()
        self.event_count = 0

    def follow(self, event: BookingSessionEvent) -> None:
        """Take the next event; after the first that does not fit, the rest is only counted."""
        self.event_count += 1
        if self._reason is not None:
            return
        if self._batch and not continues_batch(event, self._batch[-1]):
            self._set_aside()
        is_head_lost = not self._batch and not begins_batch(event)
        if is_head_lost and event.sequence <= self._snapshot_sequence:
            self._reason = f"event {event.sequence}: the beginning of its batch is missing"
            return
        self._batch.append(event)
        if not ends_batch(event):
            return
        if not begins_batch(self._batch[0]):
            self._set_aside()
        elif self._remnants:
            self._reason = f"event {event.sequence}: the batch before it is not whole"
        else:
            self._take_batch()

    def _set_aside(self) -> None:
        self._remnants += self._batch
        self._batch = []

    def _take_batch(self) -> None:
        batch, self._batch = self._batch, []
        try:
            for event in batch:
                if self._fold is None:
                    self._fold = start_fold(event)
                else:
                    apply(self._fold, event)
        except BrokenEventStreamError as error:
            self._reason = str(error)
            return
        self.event_ids = keep_event_ids(self.event_ids, batch, policy=self._policy)

    @property
    def cut_short(self) -> tuple[BookingSessionEvent, ...]:
        """The events after the last whole batch."""
        return (*self._remnants, *self._batch)

    @property
    def is_broken(self) -> bool:
        """Whether the events are no stream, so that no state follows from them."""
        return self._reason is not None

    def state(self) -> SessionState | None:
        """Return the state the whole batches come to; None without any, or of a broken stream."""
        return None if self._fold is None or self.is_broken else freeze(self._fold)

    def findings(self, session_id: EntityId) -> Iterator[Finding]:
        """Yield what is wrong with the stream itself."""
        if self._reason is not None:
            yield finding(FindingKind.BROKEN_STREAM, session_id, self._reason)
        elif self.cut_short:
            last = self.cut_short[-1]
            yield finding(
                FindingKind.CUT_SHORT_BATCH,
                session_id,
                f"events end at {last.sequence}, their batch at {last.batch_end}",
            )
        elif self._fold is None:
            yield finding(FindingKind.EVENTS_MISSING, session_id, "there is no event")


def compare_snapshot(
    session_id: EntityId,
    *,
    snapshot: SessionState,
    event_ids: Sequence[EntityId],
    audit: StreamAudit,
) -> Iterator[Finding]:
    """Yield how a stored snapshot and list of event ids differ from what the events say."""
    state = audit.state()
    if state is None:
        return
    if snapshot != state:
        yield finding(
            FindingKind.SNAPSHOT_DIFFERS,
            session_id,
            f"the snapshot is of event {snapshot.sequence}, the events come to {state.sequence}",
        )
    if tuple(event_ids) != audit.event_ids:
        yield finding(
            FindingKind.EVENT_IDS_WRONG,
            session_id,
            f"{len(event_ids)} ids are kept, {len(audit.event_ids)} by the session's policy",
        )


def finding(kind: FindingKind, session_id: EntityId, detail: str) -> Finding:
    """Return a finding about a session."""
    return Finding(kind=kind, booking_session_id=session_id, detail=detail)
