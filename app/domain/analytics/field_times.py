"""How customers fare with the fields of a step: updates, errors shown, and time.

The time of a session on a field is the sum over its updates, each counted from the event before it
in the session: what the customer did last before the field had its new value. The moments are
those at which events occurred.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from app.domain.analytics.step_times import StepMoment, elapsed_ms
from app.domain.booking_session.event_types import BookingSessionEventType
from app.domain.values import EntityId

FieldKey: TypeAlias = tuple[EntityId, str]
"""The step and the field's key."""


class FieldFact(StrEnum):
    """What is counted of a field."""

    UPDATES = "updates"
    UPDATING_SESSIONS = "updating_sessions"
    ERRORS = "errors"
    FAILING_SESSIONS = "failing_sessions"


EVENT_FACTS = {
    BookingSessionEventType.FIELD_UPDATED: (FieldFact.UPDATES, FieldFact.UPDATING_SESSIONS),
    BookingSessionEventType.VALIDATION_ERROR: (FieldFact.ERRORS, FieldFact.FAILING_SESSIONS),
}


@dataclass(slots=True)
class FieldTimes:
    """The counts and times of any number of sessions, and the session being followed."""

    counts: Counter[tuple[FieldKey, FieldFact]] = field(default_factory=Counter)
    times: dict[FieldKey, array[int]] = field(default_factory=dict)
    _session_id: EntityId | None = None
    _last_at: datetime | None = None
    _sums: dict[FieldKey, int] = field(default_factory=dict)
    _met: set[tuple[FieldKey, FieldFact]] = field(default_factory=set)

    def follow(self, moment: StepMoment) -> None:
        """Take in the next event, of whatever kind: those of a session come together and in order.

        A session whose start is missing is passed over.
        """
        if moment.event_type is BookingSessionEventType.SESSION_STARTED:
            self.finish()
            self._session_id = moment.booking_session_id
        elif moment.booking_session_id != self._session_id:
            return
        if moment.event_type in EVENT_FACTS:
            self._count(moment)
        self._last_at = moment.occurred_at

    def finish(self) -> None:
        """Take in the end of the last session."""
        for key, duration_ms in self._sums.items():
            self.times.setdefault(key, array("q")).append(duration_ms)
        self._session_id, self._last_at = None, None
        self._sums, self._met = {}, set()

    def _count(self, moment: StepMoment) -> None:
        key = moment.step_id, moment.field or ""
        events, sessions = EVENT_FACTS[moment.event_type]
        self.counts[key, events] += 1
        if (key, sessions) not in self._met:
            self._met.add((key, sessions))
            self.counts[key, sessions] += 1
        if events is FieldFact.UPDATES and self._last_at is not None:
            took_ms = elapsed_ms(self._last_at, moment.occurred_at)
            self._sums[key] = self._sums.get(key, 0) + took_ms
