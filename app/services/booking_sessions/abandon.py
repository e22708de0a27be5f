"""Ending a session without a booking."""

import contextlib
from datetime import datetime

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from app.documents.driver import new_id
from app.documents.timeslot_reservation import TimeslotReservation
from app.domain.booking_session.decision import Decision
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.lifecycle import decide_abandonment
from app.domain.booking_session.state import AbandonedOutcome
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
from app.services.booking_sessions.record import MAX_ATTEMPTS
from app.services.booking_sessions.session_view import SessionView


class AbandonSession(Value):
    """That a session is to end without a booking."""

    booking_session_id: EntityId
    reason: AbandonmentReason = AbandonmentReason.CUSTOMER


class ReportAbandonment(AbandonSession):
    """A widget's notice that the customer gave up; what the server alone can know is refused."""

    @field_validator("reason")
    @classmethod
    def _require_reportable(cls, reason: AbandonmentReason) -> AbandonmentReason:
        if reason is AbandonmentReason.ERASURE:
            raise PydanticCustomError("INVALID", "is a reason of the server's own")
        return reason


async def abandon_session(
    command: AbandonSession, *, organization_id: EntityId, now: datetime
) -> SessionView:
    """End the session and return it; raises Refused with SESSION_CLOSED or NOT_FOUND."""
    async with one_at_a_time(command.booking_session_id):
        return await _abandon(command, organization_id, now)


async def abandon_idle_session(
    session_id: EntityId, *, organization_id: EntityId, idle_before: datetime, now: datetime
) -> bool:
    """End a session in which nothing happened since `idle_before`; return whether this call did.

    A session that is closed meanwhile, or whose customer has come back, stays as it is.
    """
    command = AbandonSession(booking_session_id=session_id, reason=AbandonmentReason.TIMEOUT)
    try:
        async with one_at_a_time(session_id):
            await _abandon(command, organization_id, now, idle_before=idle_before)
    except (Refused, _CustomerIsBack):
        return False
    return True


class _CustomerIsBack(Exception):
    """Something happened in the session after it was found idle."""


async def _abandon(
    command: AbandonSession,
    organization_id: EntityId,
    now: datetime,
    *,
    idle_before: datetime | None = None,
) -> SessionView:
    kept = find_kept_history(organization_id, command.booking_session_id)
    # A session that looks idle is read, which also brings up a snapshot that makes it look so.
    if kept is not None and idle_before is None:
        # What was kept may be out of date, so it is good for a success but for no refusal.
        with contextlib.suppress(Refused):
            if (view := await _attempt(command, kept, now, None)) is not None:
                return view
    for _ in range(MAX_ATTEMPTS):
        history = await load_history(organization_id, command.booking_session_id)
        if history is None:
            raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "booking_session_id")
        if (view := await _attempt(command, history, now, idle_before)) is not None:
            return view
    raise refuse(
        ProblemCode.SEQUENCE_CONFLICT,
        "other writers keep extending this session; try again",
        "booking_session_id",
    )


async def _attempt(
    command: AbandonSession,
    history: SessionHistory,
    now: datetime,
    idle_before: datetime | None,
) -> SessionView | None:
    """Return the closed session, or None when another writer was faster."""
    # Judged at every attempt: the other writer may have been the customer.
    if idle_before and history.state.current_state.last_activity_at >= idle_before:
        raise _CustomerIsBack
    decision = decide_abandonment(history.state, reason=command.reason, event_id=new_id(), now=now)
    if not isinstance(decision, Decision):
        raise Refused(decision)
    if not await append(history, decision, now=now):
        return None
    if _has_selected_timeslot(decision):
        # Only now is it certain that no completion of this session counts on its place.
        session = history.session
        await TimeslotReservation.release(session.organization_id, session.id)
    return SessionView.of(history.session, decision.state)


def _has_selected_timeslot(decision: Decision) -> bool:
    outcome = decision.state.booking_outcome
    return isinstance(outcome, AbandonedOutcome) and outcome.selected_timeslot is not None
