"""Decisions about a whole batch: all of its events, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.clocks import correct_client_times
from app.domain.booking_session.decide import SESSION_CLOSED, decide_in, step_not_in_flow
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import apply
from app.domain.booking_session.duplicates import NumberedCommand
from app.domain.booking_session.event_types import AnyEventData
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.fold import SessionFold
from app.domain.booking_session.snapshot import freeze, thaw
from app.domain.booking_session.state import SessionState
from app.domain.instants import to_instant
from app.domain.problems import Problem
from app.domain.values import EntityId


def decide_batch(
    state: SessionState,
    batch: Sequence[NumberedCommand],
    *,
    given: Circumstances,
    event_ids: Sequence[EntityId],
) -> Decision | tuple[Problem, ...]:
    """Return the events of a batch, one for each command in order, or why it is refused.

    The problems are all of the first event refused: those after it depend on it, so only steps that
    are not in the flow at all are reported of them as well. Paths begin with ("events", index).
    `event_ids` holds an id for every command. A closed session takes nothing.
    """
    fold = thaw(state)
    if fold.is_closed and batch:
        return (SESSION_CLOSED,)
    arrival = _arrival_of(fold, batch, given, batch_id=event_ids[0] if batch else "")
    events: list[BookingSessionEvent] = []
    for position, item in enumerate(batch):
        data = decide_in(fold, item.command, given)
        if isinstance(data, tuple):
            refused = tuple(problem.under(("events", item.index)) for problem in data)
            return (*refused, *_find_unknown_steps(batch[position + 1 :], given))
        event = _to_event(item, data, arrival, event_id=event_ids[position], position=position)
        apply(fold, event)
        events.append(event)
    return Decision(events=tuple(events), state=freeze(fold))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What the events of one batch share, and when each of them occurred."""

    first_sequence: int
    batch_id: EntityId
    batch_end: int
    timestamp: datetime
    occurred_at: tuple[datetime, ...]


def _arrival_of(
    fold: SessionFold, batch: Sequence[NumberedCommand], given: Circumstances, *, batch_id: EntityId
) -> _Arrival:
    # The clocks of two servers differ: a session's time stands still rather than run backwards.
    timestamp = max(to_instant(given.now), fold.last_activity_at)
    return _Arrival(
        first_sequence=fold.sequence + 1,
        batch_id=batch_id,
        batch_end=fold.sequence + len(batch),
        timestamp=timestamp,
        occurred_at=correct_client_times(
            [item.command.client_timestamp for item in batch],
            earliest=fold.last_occurred_at,
            arrived_at=timestamp,
        ),
    )


def _to_event(
    item: NumberedCommand,
    data: AnyEventData,
    arrival: _Arrival,
    *,
    event_id: EntityId,
    position: int,
) -> BookingSessionEvent:
    return BookingSessionEvent(
        id=event_id,
        client_event_id=item.command.client_event_id,
        sequence=arrival.first_sequence + position,
        event_type=item.command.data.event_type,
        timestamp=arrival.timestamp,
        client_timestamp=item.command.client_timestamp,
        occurred_at=arrival.occurred_at[position],
        step_id=item.command.step_id,
        data=data,
        content_hash=item.content_hash,
        batch_id=arrival.batch_id,
        batch_end=arrival.batch_end,
    )


def _find_unknown_steps(
    batch: Sequence[NumberedCommand], given: Circumstances
) -> tuple[Problem, ...]:
    return tuple(
        step_not_in_flow("step_id").under(("events", item.index))
        for item in batch
        if item.command.step_id not in given.flow.steps
    )
