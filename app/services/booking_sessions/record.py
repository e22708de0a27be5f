"""Recording what a customer does."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from app.documents.driver import new_id
from app.domain.booking_session.batch import decide_batch
from app.domain.booking_session.circumstances import Circumstances
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.duplicates import (
    NumberedCommand,
    SplitBatch,
    find_batch_size_problem,
    split_duplicates,
)
from app.domain.booking_session.events import BookingSessionEvent
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
from app.services.timeslots.holds import (
    find_chosen_slots,
    hold_chosen_slot,
    release_former_holds,
)

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
    _require_sequence(command, history)
    flow = await load_pinned_flow(history.session)
    session = history.session
    chosen = await find_chosen_slots(
        split.fresh, flow, session.id, organization_id=session.organization_id, now=now
    )
    given = Circumstances(flow=flow, now=now, checks=CHECKS, taken=chosen.count_taken(now))
    decision = _decide(split.fresh, history, given)
    await hold_chosen_slot(chosen, now=now)
    if not await append(history, decision, now=now):
        return None
    await release_former_holds(chosen, former_start=_former_slot(history.state))
    return _to_recorded(command, split, history, decision.events, decision.state)


def _split(command: RecordEvents, history: SessionHistory) -> SplitBatch:
    split = split_duplicates(command.events, history.repeats)
    if not isinstance(split, SplitBatch):
        raise Refused(split)
    return split


def _require_sequence(command: RecordEvents, history: SessionHistory) -> None:
    expected = command.expected_sequence
    if expected is not None and expected != history.state.sequence:
        raise refuse(
            ProblemCode.SEQUENCE_CONFLICT,
            f"the session is at sequence {history.state.sequence}",
            "expected_sequence",
        )


def _decide(
    fresh: Sequence[NumberedCommand], history: SessionHistory, given: Circumstances
) -> Decision:
    event_ids = [new_id() for _ in fresh]
    decision = decide_batch(history.state, fresh, given=given, event_ids=event_ids)
    if not isinstance(decision, Decision):
        raise Refused(decision)
    return decision


def _former_slot(state: SessionState) -> datetime | None:
    """Return when the slot starts that was selected before."""
    selections = state.current_state.temp_selections
    slot = selections.timeslot if selections else None
    return slot.start_time if slot else None


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
