"""How long customers spend on a step.

The time of a session on a step runs from the step's first entry to what comes first: the step is
completed, another step is entered or returned to, or the session ends. Nothing is measured while
none of it has happened, nor when the session timed out or was erased, since nobody knows when the
customer left.
The moments are those at which events occurred, not those at which their batches arrived.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from app.domain.booking_session.event_types import AbandonmentReason, BookingSessionEventType
from app.domain.values import EntityId

MILLISECOND = timedelta(milliseconds=1)

TIMING_EVENT_TYPES = (
    BookingSessionEventType.SESSION_STARTED,
    BookingSessionEventType.STEP_ENTERED,
    BookingSessionEventType.STEP_COMPLETED,
    BookingSessionEventType.NAVIGATION_BACK,
    BookingSessionEventType.SESSION_ABANDONED,
    BookingSessionEventType.SESSION_COMPLETED,
)
"""The kinds of event that begin or end the time on a step."""

UNKNOWN_ENDS = frozenset({AbandonmentReason.TIMEOUT, AbandonmentReason.ERASURE})
"""Endings that came some time after the customer had left."""


class StepMoment(NamedTuple):
    """An event; `step_id` is the step entered, returned to or completed, or it happened on.

    `field` is what was updated or failed validation.
    """

    booking_session_id: EntityId
    event_type: BookingSessionEventType
    step_id: EntityId
    occurred_at: datetime
    reason: AbandonmentReason | None = None
    field: str | None = None


class StepTimes:
    """The times of any number of sessions, eight bytes each, and the session being followed."""

    def __init__(self) -> None:
        self._durations: dict[EntityId, array[int]] = {}
        self._stay = _Stay()

    def follow(self, moment: StepMoment) -> None:
        """Take in the next event of a timing kind: those of a session come together, in order.

        A session whose start is missing is passed over. Events are removed after their retention,
        and the rest of a stream would begin in the middle.
        """
        if moment.event_type is BookingSessionEventType.SESSION_STARTED:
            self._stay = _Stay(booking_session_id=moment.booking_session_id)
        elif not self._stay.is_ended_by(moment):
            return
        entered_at = self._stay.entered_at
        if entered_at is not None and moment.reason not in UNKNOWN_ENDS:
            duration_ms = elapsed_ms(entered_at, moment.occurred_at)
            self._durations.setdefault(self._stay.step_id, array("q")).append(duration_ms)
        self._stay.move_on(moment)

    def all(self) -> Iterator[tuple[EntityId, Sequence[int]]]:
        """Yield the times on each step, in no order."""
        yield from self._durations.items()


@dataclass(slots=True)
class _Stay:
    """Where a session is; `entered_at` is None when the time there is not, or no longer, taken."""

    booking_session_id: EntityId | None = None
    step_id: EntityId = ""
    entered_at: datetime | None = None
    entered_before: set[EntityId] = field(default_factory=set)

    def is_ended_by(self, moment: StepMoment) -> bool:
        """Whether the step is completed or left; entering a step again is not leaving it."""
        if moment.booking_session_id != self.booking_session_id:
            return False
        match moment.event_type:
            case BookingSessionEventType.STEP_COMPLETED:
                return moment.step_id == self.step_id
            case BookingSessionEventType.STEP_ENTERED | BookingSessionEventType.NAVIGATION_BACK:
                return moment.step_id != self.step_id
            case _:
                return True

    def move_on(self, moment: StepMoment) -> None:
        """Be where the moment leads; only the first time on a step is taken."""
        self.step_id = moment.step_id
        is_new = moment.step_id not in self.entered_before
        self.entered_at = moment.occurred_at if is_new else None
        self.entered_before.add(moment.step_id)


def elapsed_ms(start: datetime, end: datetime) -> int:
    """Return the whole milliseconds between two moments, 0 when the clocks of servers disagree."""
    return max(0, (end - start) // MILLISECOND)
