"""How events make a state: `derive` from all of them, `evolve` from one more."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import assert_never

from app.domain.booking_session.event_types import (
    BookingSessionEventType,
    FieldUpdateEventData,
    QuestionAnswerEventData,
    ServicePath,
    ServiceSelectionEventData,
    SessionAbandonmentEventData,
    SessionCompletionEventData,
    SessionStartEventData,
    StepCompletionEventData,
    StepNavigationEventData,
    TimeslotSelectionEventData,
    ValidationErrorEventData,
)
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.fold import SessionFold
from app.domain.booking_session.snapshot import freeze, thaw
from app.domain.booking_session.state import (
    MAX_VISITS_KEPT,
    AbandonedOutcome,
    ActiveOutcome,
    CompletedOutcome,
    SelectedTimeslot,
    SessionState,
)
from app.domain.values import EntityId

NOTHING_CHOSEN = ServicePath()


class BrokenEventStreamError(Exception):
    """The events are no stream: `sequence` is that of the event that does not fit, 0 for none."""

    def __init__(self, *, sequence: int, reason: str) -> None:
        super().__init__(f"event {sequence}: {reason}")
        self.sequence = sequence
        self.reason = reason


def derive(events: Iterable[BookingSessionEvent]) -> SessionState:
    """Return the state after `events`, which are all of a session's in order of sequence.

    BrokenEventStreamError when there is none, the first is no SESSION_STARTED, one is missing, or
    one follows the end of the session.
    """
    stream = iter(events)
    first = next(stream, None)
    if first is None:
        raise BrokenEventStreamError(sequence=0, reason="a session has at least one event")
    fold = start_fold(first)
    for event in stream:
        apply(fold, event)
    return freeze(fold)


def evolve(state: SessionState | None, event: BookingSessionEvent) -> SessionState:
    """Return the state after one more event; before the first one the state is None.

    BrokenEventStreamError when the event is not the next one.
    """
    if state is None:
        return derive((event,))
    fold = thaw(state)
    apply(fold, event)
    return freeze(fold)


def start_fold(event: BookingSessionEvent) -> SessionFold:
    """Return the fold after the first event; the flow's first step counts as entered by it."""
    start = event.data
    if event.sequence != 1 or not isinstance(start, SessionStartEventData):
        raise BrokenEventStreamError(
            sequence=event.sequence, reason="the first event is not SESSION_STARTED"
        )
    recovered = start.recovered
    chosen = recovered or NOTHING_CHOSEN
    return SessionFold(
        booking_flow_id=start.booking_flow_id,
        revision=start.revision,
        started_at=event.timestamp,
        session_context=start.session_context,
        resumed_from_session_id=recovered.booking_session_id if recovered else None,
        total_in_flow=start.total_in_flow,
        completed_step_ids=[],
        completed_step_indexes=[],
        furthest_step_id=start.first_step_id,
        furthest_step_index=0,
        back_navigation_count=0,
        validation_error_count=0,
        field_update_count=0,
        step_id=start.first_step_id,
        form_data=dict(recovered.form_data) if recovered else {},
        visited_step_ids=[start.first_step_id],
        service_selection_path=chosen.path,
        service_node_id=chosen.service_node_id,
        is_service_selection_complete=chosen.is_complete,
        service_id=chosen.service_id,
        timeslot=None,
        sequence=1,
        last_event_id=event.id,
        last_activity_at=event.timestamp,
        last_occurred_at=event.occurred_at,
        booking_outcome=ActiveOutcome(),
    )


def apply(fold: SessionFold, event: BookingSessionEvent) -> None:
    """Take the next event into `fold`; BrokenEventStreamError when it is not the next one."""
    if event.sequence != fold.sequence + 1:
        raise BrokenEventStreamError(
            sequence=event.sequence, reason=f"event {fold.sequence + 1} is missing"
        )
    if fold.is_closed:
        raise BrokenEventStreamError(sequence=event.sequence, reason="the session is closed")
    _apply_data(fold, event)
    fold.sequence = event.sequence
    fold.last_event_id = event.id
    fold.last_activity_at = event.timestamp
    fold.last_occurred_at = event.occurred_at


def _apply_data(fold: SessionFold, event: BookingSessionEvent) -> None:
    # The cases stand in the order of how often they happen.
    step_id = event.step_id
    match event.data:
        case FieldUpdateEventData() as update:
            fold.form_data[step_id] = {**fold.values_of(step_id), update.field: update.value}
            fold.field_update_count += 1
        case StepNavigationEventData() as navigation:
            _navigate(fold, event.event_type, navigation)
        case QuestionAnswerEventData() | ServiceSelectionEventData() as choice:
            _take_path(fold, step_id, choice)
        case StepCompletionEventData() as completion:
            _complete_step(fold, step_id, completion)
        case ValidationErrorEventData():
            fold.validation_error_count += 1
        case TimeslotSelectionEventData() as slot:
            fold.timeslot = SelectedTimeslot(start_time=slot.start_time, end_time=slot.end_time)
        case SessionAbandonmentEventData() | SessionCompletionEventData():
            _close(fold, event)
        case SessionStartEventData():
            raise BrokenEventStreamError(sequence=event.sequence, reason="a session starts once")
        case _:
            assert_never(event.data)


def _navigate(
    fold: SessionFold, event_type: BookingSessionEventType, navigation: StepNavigationEventData
) -> None:
    visited, step_id = fold.visited_step_ids, navigation.to_step_id
    if event_type is BookingSessionEventType.NAVIGATION_BACK:
        fold.back_navigation_count += 1
        _cut_back(visited, step_id)
    if visited[-1] != step_id:
        visited.append(step_id)
    if (excess := len(visited) - MAX_VISITS_KEPT) > 0:
        del visited[1 : 1 + excess]
    if navigation.step_index > fold.furthest_step_index:
        fold.furthest_step_id, fold.furthest_step_index = step_id, navigation.step_index
    fold.step_id = step_id


def _cut_back(visited: list[EntityId], step_id: EntityId) -> None:
    # A step can have been visited and cut off since; then there is nothing to cut back to, and it
    # is visited anew.
    for position in range(len(visited) - 1, -1, -1):
        if visited[position] == step_id:
            del visited[position + 1 :]
            return


def _take_path(fold: SessionFold, step_id: EntityId, chosen: ServicePath) -> None:
    fold.service_selection_path = chosen.path
    fold.service_node_id = chosen.service_node_id
    fold.service_id = chosen.service_id
    fold.is_service_selection_complete = chosen.is_complete
    if not chosen.is_complete and step_id in fold.completed_step_ids:
        position = fold.completed_step_ids.index(step_id)
        del fold.completed_step_ids[position], fold.completed_step_indexes[position]


def _complete_step(
    fold: SessionFold, step_id: EntityId, completion: StepCompletionEventData
) -> None:
    if completion.form_data:
        fold.form_data[step_id] = completion.form_data
    if step_id not in fold.completed_step_ids:
        position = bisect_left(fold.completed_step_indexes, completion.step_index)
        fold.completed_step_ids.insert(position, step_id)
        fold.completed_step_indexes.insert(position, completion.step_index)


def _close(fold: SessionFold, event: BookingSessionEvent) -> None:
    match event.data:
        case SessionAbandonmentEventData() as abandonment:
            fold.booking_outcome = AbandonedOutcome(
                abandoned_at=event.timestamp,
                reason=abandonment.reason,
                drop_off_step_id=fold.step_id,
                selected_service_id=fold.service_id,
                selected_timeslot=fold.timeslot,
            )
        case SessionCompletionEventData() as completion:
            if fold.service_id is None:
                raise BrokenEventStreamError(
                    sequence=event.sequence, reason="completed without a service"
                )
            fold.booking_outcome = CompletedOutcome(
                completed_at=event.timestamp,
                booking_id=completion.booking_id,
                selected_service_id=fold.service_id,
                selected_timeslot=fold.timeslot,
            )
