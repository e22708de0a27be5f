"""How sessions start and end."""

from datetime import datetime

from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.decide import SESSION_CLOSED
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.derive import evolve
from app.domain.booking_session.event_types import (
    AbandonmentReason,
    AnyEventData,
    BookingSessionEventType,
    RecoveredProgress,
    ServicePath,
    SessionAbandonmentEventData,
    SessionStartEventData,
)
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex
from app.domain.booking_session.service_choices import recover_path
from app.domain.booking_session.state import (
    AbandonedSession,
    ActiveSession,
    FormData,
    SessionState,
    is_active,
)
from app.domain.instants import to_instant
from app.domain.problems import Problem
from app.domain.values import EntityId


def decide_start(
    flow: FlowIndex,
    *,
    session_context: SessionContext,
    event_id: EntityId,
    now: datetime,
    recovered: RecoveredProgress | None = None,
) -> Decision:
    """Return the start of a session on a revision of a flow; it cannot be refused."""
    timestamp = to_instant(now)
    event = BookingSessionEvent(
        id=event_id,
        sequence=1,
        event_type=BookingSessionEventType.SESSION_STARTED,
        timestamp=timestamp,
        occurred_at=timestamp,
        step_id=flow.first_step_id,
        data=SessionStartEventData(
            booking_flow_id=flow.flow.booking_flow_id,
            revision=flow.flow.revision,
            first_step_id=flow.first_step_id,
            total_in_flow=len(flow.flow.steps),
            session_context=session_context,
            recovered=recovered,
        ),
        batch_id=event_id,
        batch_end=1,
    )
    return Decision(events=(event,), state=evolve(None, event))


def recover_progress(
    abandoned: AbandonedSession, *, booking_session_id: EntityId, flow: FlowIndex
) -> RecoveredProgress:
    """Return what a new session on `flow` can take over from an abandoned one.

    The form values of fields the flow still has, and the path as far as its graph still offers it.
    From another flow's session nothing is: nodes of its graph may have the same ids by chance.
    """
    if abandoned.booking_flow_id != flow.flow.booking_flow_id:
        return RecoveredProgress(booking_session_id=booking_session_id)
    current = abandoned.current_state
    graph = next(iter(flow.graphs.values()), None)
    path = ServicePath() if graph is None else recover_path(current.service_selection_path, graph)
    return RecoveredProgress(
        booking_session_id=booking_session_id,
        form_data=_recover_form_data(current.form_data, flow),
        path=path.path,
        service_node_id=path.service_node_id,
        service_id=path.service_id,
        is_complete=path.is_complete,
    )


def _recover_form_data(form_data: FormData, flow: FlowIndex) -> FormData:
    kept = {
        step_id: {key: value for key, value in values.items() if key in step.form_keys}
        for step_id, values in form_data.items()
        if (step := flow.steps.get(step_id)) is not None
    }
    return {step_id: values for step_id, values in kept.items() if values}


def decide_abandonment(
    state: SessionState, *, reason: AbandonmentReason, event_id: EntityId, now: datetime
) -> Decision | tuple[Problem, ...]:
    """Return the end of a session without a booking; refused only when it is closed already."""
    if not is_active(state):
        return (SESSION_CLOSED,)
    return close_session(
        state,
        event_type=BookingSessionEventType.SESSION_ABANDONED,
        data=SessionAbandonmentEventData(reason=reason),
        event_id=event_id,
        now=now,
    )


def close_session(
    state: ActiveSession,
    *,
    event_type: BookingSessionEventType,
    data: AnyEventData,
    event_id: EntityId,
    now: datetime,
) -> Decision:
    """Return the last event of a session and the state it leaves."""
    timestamp = max(to_instant(now), state.current_state.last_activity_at)
    event = BookingSessionEvent(
        id=event_id,
        sequence=state.sequence + 1,
        event_type=event_type,
        timestamp=timestamp,
        occurred_at=timestamp,
        step_id=state.current_state.step_id,
        data=data,
        batch_id=event_id,
        batch_end=state.sequence + 1,
    )
    return Decision(events=(event,), state=evolve(state, event))
