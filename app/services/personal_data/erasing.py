"""Carrying out a request to erase a person's data.

A request is stored first, and every session that is found is stored with it before it is touched:
whatever happens to this process, the next call or a worker goes on where it ended. A session still
active is closed first; a closed one takes no more events, so that nothing can be added to what is
erased. What others were writing in that very moment, a session resumed from one being erased, for
example, is found by a second look a little later.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.documents.booking import Booking
from app.documents.erasure_request import ErasureRequest
from app.documents.personal_records import count_erased
from app.domain.booking_session.event_types import AbandonmentReason
from app.domain.booking_session.state import is_active, is_completed
from app.domain.personal_data import Person
from app.domain.refusal import Refused
from app.domain.values import EntityId
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.booking_sessions.complete import restore_booking
from app.services.booking_sessions.history import SessionHistory, load_history
from app.services.booking_sessions.pinned import load_pinned_flow
from app.services.personal_data.erasers import ERASERS
from app.services.personal_data.finding import (
    find_linked_sessions,
    find_resuming_sessions,
    find_sessions,
)
from app.services.personal_data.persons import to_person
from app.services.personal_data.session_erasure import SessionErasure

CLOCKS_DIFFER = timedelta(minutes=1)
"""What was recorded a little before the request, by another server's clock, is looked at again."""

logger = logging.getLogger(__name__)


async def carry_out(request: ErasureRequest, *, now: datetime) -> None:
    """Erase everything about the person that there is by now."""
    run = _Run(request, _person_of(request), now)
    await run.erase(request.found_session_ids)
    async for session_ids in find_sessions(request.organization_id, run.person):
        await run.erase(session_ids)
    await request.mark_erased(now=now)


async def look_again(request: ErasureRequest, *, now: datetime) -> None:
    """Erase what was being written when the request came, and forget who the person was."""
    run = _Run(request, _person_of(request), now, is_last=True)
    await run.erase(request.found_session_ids)
    await run.erase(await find_resuming_sessions(request.erased_session_ids))
    since = request.created_at - CLOCKS_DIFFER
    async for session_ids in find_sessions(request.organization_id, run.person, since=since):
        await run.erase(session_ids)
    await request.finish(now=now)


def _person_of(request: ErasureRequest) -> Person:
    return to_person(email=request.email, phone=request.phone)


@dataclass(slots=True)
class _Run:
    """One pass; `met` are the sessions it has been at.

    A session without a document may be one whose start is under way; only the last pass, a good
    while later, takes it for one that never came to be.
    """

    request: ErasureRequest
    person: Person
    now: datetime
    is_last: bool = False
    met: set[EntityId] = field(default_factory=set)

    async def erase(self, session_ids: Iterable[EntityId]) -> None:
        """Erase the sessions and those linked with them; each is counted when it is done."""
        waiting = sorted(set(session_ids) - self.met)
        while waiting:
            await self.request.remember_found(waiting)
            self.met.update(waiting)
            linked: set[EntityId] = set()
            for session_id in waiting:
                linked |= await self._erase_one(session_id)
            waiting = sorted(linked - self.met)

    async def _erase_one(self, session_id: EntityId) -> set[EntityId]:
        """Erase one session and return those linked with it."""
        history = await close_session(self.request.organization_id, session_id, now=self.now)
        if history is None and not self.is_last:
            return set()
        linked = set() if history is None else await find_linked_sessions(history.session)
        # Before it is erased, so that they are found again after a crash.
        await self.request.remember_found(sorted(linked - self.met))
        await self._erase_closed(session_id, history)
        return linked

    async def _erase_closed(self, session_id: EntityId, history: SessionHistory | None) -> None:
        erasure = SessionErasure(
            erasure_id=self.request.id,
            organization_id=self.request.organization_id,
            session_id=session_id,
            booking_ids=() if history is None else _booking_ids(history),
            person=self.person,
            flow=None if history is None else await load_pinned_flow(history.session),
            now=self.now,
        )
        for eraser in ERASERS:
            await eraser(erasure)
        counts = await count_erased(session_id, erasure_id=self.request.id)
        await self.request.count_erased(session_id, **counts._asdict())


def _booking_ids(history: SessionHistory) -> tuple[EntityId, ...]:
    state = history.state
    return (state.booking_outcome.booking_id,) if is_completed(state) else ()


async def close_session(
    organization_id: EntityId, session_id: EntityId, *, now: datetime
) -> SessionHistory | None:
    """Return the session, closed and with its snapshot and booking stored; None without one."""
    command = AbandonSession(booking_session_id=session_id, reason=AbandonmentReason.ERASURE)
    try:
        await abandon_session(command, organization_id=organization_id, now=now)
    except Refused as refused:
        logger.debug("session %s is not closed now: %s", session_id, refused)
    history = await load_history(organization_id, session_id)
    if history is None:
        return None
    if is_active(history.state):
        raise RuntimeError(f"session {session_id} cannot be closed")
    if is_completed(history.state):
        booking_ids = [history.state.booking_outcome.booking_id]
        if not await Booking.owned_ids(organization_id, booking_ids):
            # Whoever is about to store it would store what is being erased.
            await restore_booking(history.session, history.state)
    return history
