"""Recording what a customer does."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from app.documents.driver import new_id
from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.booking_session.batch import decide_batch
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.commands import SelectTimeslot, SessionCommand
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.duplicates import (
    NumberedCommand,
    SplitBatch,
    find_batch_size_problem,
    split_duplicates,
)
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.state import SessionState
from app.domain.problems import ProblemCode
from app.domain.refusal import Refused, refuse
from app.domain.values import EntityId, Value
from app.services.booking_sessions.history import (
    SessionHistory,
    append,
    find_kept_history,
    load_history,
    one_at_a_time,
)
from app.services.booking_sessions.pinned import load_pinned_flow
from app.services.booking_sessions.session_view import SessionView
from app.services.text_checks import LibraryTextChecks

MAX_ATTEMPTS = 20
CHECKS = LibraryTextChecks()


class RecordEvents(Value):
    """A widget's batch of events."""

    booking_session_id: EntityId
    expected_sequence: int | None = None
    events: tuple[SessionCommand, ...]


class EventStatus(StrEnum):
    """What became of an event that was sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


class EventResult(Value):
    """The stored event for one that was sent."""

    client_event_id: str
    status: EventStatus
    event: BookingSessionEvent


class Recorded(Value):
    """A recorded batch: the session after it, and a result for each event in the order sent."""

    session: SessionView
    results: tuple[EventResult, ...]


async def record_events(
    command: RecordEvents, *, organization_id: EntityId, now: datetime
) -> Recorded:
    """Store the new events of a batch, all or none, and return the session with them.

    Events sent before are answered with what was stored then. Raises Refused with the problems of
    the first event the session does not allow, with EVENT_ID_CONFLICT for every client event id
    used for other content, SEQUENCE_CONFLICT when the session moved on, NOT_FOUND, SESSION_CLOSED.
    """
    size_problem = find_batch_size_problem(len(command.events))
    if size_problem is not None:
        raise Refused([size_problem])
    async with one_at_a_time(command.booking_session_id):
        kept = find_kept_history(organization_id, command.booking_session_id)
        if kept is not None:
            # What was kept may be out of date, so it is good for a success but for no refusal.
            with contextlib.suppress(Refused):
                if (recorded := await _record(command, kept, now)) is not None:
                    return recorded
        return await _load_and_record(command, organization_id, now)


async def _load_and_record(
    command: RecordEvents, organization_id: EntityId, now: datetime
) -> Recorded:
    for _ in range(MAX_ATTEMPTS):
        history = await load_history(
            organization_id,
            command.booking_session_id,
            client_event_ids=[event.client_event_id for event in command.events],
        )
        if history is None:
            raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "booking_session_id")
        if (recorded := await _record(command, history, now)) is not None:
            return recorded
    raise refuse(
        ProblemCode.SEQUENCE_CONFLICT,
        "other writers keep extending this session; try again",
        "booking_session_id",
    )


async def _record(command: RecordEvents, history: SessionHistory, now: datetime) -> Recorded | None:
    """Return the recorded batch, or None when another writer was faster."""
    split = _split(command, history)
    if not split.fresh:
        return _to_recorded(command, split, history, (), history.state)
    decision = await _decide(command, split.fresh, history, now)
    if not await append(history, decision, now=now):
        return None
    return _to_recorded(command, split, history, decision.events, decision.state)


def _split(command: RecordEvents, history: SessionHistory) -> SplitBatch:
    split = split_duplicates(command.events, history.repeats)
    if not isinstance(split, SplitBatch):
        raise Refused(split)
    return split


async def _decide(
    command: RecordEvents,
    fresh: Sequence[NumberedCommand],
    history: SessionHistory,
    now: datetime,
) -> Decision:
    expected = command.expected_sequence
    if expected is not None and expected != history.state.sequence:
        raise refuse(
            ProblemCode.SEQUENCE_CONFLICT,
            f"the session is at sequence {history.state.sequence}",
            "expected_sequence",
        )
    flow = await load_pinned_flow(history.session)
    decision = decide_batch(
        history.state,
        fresh,
        given=Circumstances(
            flow=flow, now=now, checks=CHECKS, taken=await _count_taken(flow, fresh)
        ),
        event_ids=[new_id() for _ in fresh],
    )
    if not isinstance(decision, Decision):
        raise Refused(decision)
    return decision


async def _count_taken(flow: FlowIndex, fresh: Sequence[NumberedCommand]) -> dict[datetime, int]:
    """Return how many bookings the wanted slots have, asking only when a slot is chosen."""
    step = flow.timeslot_step
    wanted = [
        item.command.data.start_time
        for item in fresh
        if isinstance(item.command.data, SelectTimeslot)
    ]
    if step is None or not wanted:
        return {}
    return await TimeslotReservation.count_taken(step_id=step.id, start_times=wanted)


def _to_recorded(
    command: RecordEvents,
    split: SplitBatch,
    history: SessionHistory,
    new_events: Sequence[BookingSessionEvent],
    state: SessionState,
) -> Recorded:
    stored = dict(split.known)
    stored |= {item.index: event for item, event in zip(split.fresh, new_events, strict=True)}
    fresh = {item.index for item in split.fresh}
    results = tuple(
        EventResult(
            client_event_id=event.client_event_id,
            status=EventStatus.ACCEPTED if index in fresh else EventStatus.DUPLICATE,
            event=stored[split.repeated.get(index, index)],
        )
        for index, event in enumerate(command.events)
    )
    return Recorded(session=SessionView.of(history.session, state), results=results)
