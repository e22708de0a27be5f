"""Proving that every session is what its events say, and mending those that are not.

Sessions and events are streamed, so memory does not grow with their number. The database may be in
use meanwhile: what looks wrong is looked at again after a moment, because an event stored an
instant before its snapshot is no fault.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from cachetools import LRUCache
from pydantic import ValidationError

from app.documents.base import MAX_IDS_PER_COMMAND
from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.lost_starts import remove_lost_start
from app.documents.session_changes import mark_changed_now
from app.domain.booking_session.audit import (
    Finding,
    FindingKind,
    StreamAudit,
    compare_snapshot,
    finding,
)
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.booking_session.events import event_from_document
from app.domain.booking_session.state import is_completed
from app.domain.values import EntityId, Value
from app.services.booking_sessions.complete import restore_booking
from app.services.booking_sessions.event_log import SECONDS_TO_FINISH_A_BATCH

SECONDS_BEFORE_SECOND_LOOK = SECONDS_TO_FINISH_A_BATCH
AGE_OF_ORPHANS = timedelta(minutes=3)
"""A session document follows its first event at once; a minute later it does not come any more, and
after another one a worker has removed the event."""
SESSIONS_REMEMBERED = 10_000
ATTEMPTS_TO_MEND = 3
TIME_TO_READ_ALL = timedelta(days=1)
"""Events that expire within it may be removed before they are read."""

OnFinding: TypeAlias = Callable[[Finding], None]
OnProgress: TypeAlias = Callable[[int, int], None]
"""Told how many sessions are done, of how many."""


class VerificationReport(Value):
    """How much was looked at, and how much is (still) wrong."""

    session_count: int
    event_count: int
    finding_count: int
    mended_session_count: int = 0
    expired_session_count: int = 0


@dataclass
class _Run:
    """One pass over all sessions."""

    on_finding: OnFinding
    on_progress: OnProgress
    total: int
    session_count: int = 0
    event_count: int = 0
    finding_count: int = 0
    mended_session_count: int = 0
    expired_session_count: int = 0
    suspects: list[EntityId] = field(default_factory=list)

    def report(self, found: Finding) -> None:
        self.finding_count += 1
        self.on_finding(found)

    def to_report(self) -> VerificationReport:
        return VerificationReport(
            session_count=self.session_count,
            event_count=self.event_count,
            finding_count=self.finding_count,
            mended_session_count=self.mended_session_count,
            expired_session_count=self.expired_session_count,
        )


async def verify_sessions(
    *, now: datetime, on_finding: OnFinding, on_progress: OnProgress = lambda _done, _of: None
) -> VerificationReport:
    """Look at every session of every organization and tell of whatever is wrong.

    Each session's events are a gapless stream of whole batches, its snapshot and its event ids are
    what they come to, and the booking of a completed one exists; and no events are without a
    session. Sessions whose events have expired, or do so within a day, are counted and not judged:
    nothing is left to judge them by.
    """
    return await _run(
        now=now,
        on_finding=on_finding,
        on_progress=on_progress,
        settle=_tell,
        settle_orphan=_tell_of_orphan,
    )


async def rebuild_sessions(
    *, now: datetime, on_finding: OnFinding, on_progress: OnProgress = lambda _done, _of: None
) -> VerificationReport:
    """Mend what `verify_sessions` finds; tell of what is still wrong then.

    Snapshots and event ids are derived anew, batches and starts cut short removed, missing bookings
    stored. A broken stream cannot be mended, because its missing events are known to nobody.
    Snapshots of sessions whose events have expired are never touched.
    """
    return await _run(
        now=now,
        on_finding=on_finding,
        on_progress=on_progress,
        settle=_mend,
        settle_orphan=_remove_orphan,
    )


async def find_session_problems(session_id: EntityId) -> tuple[Finding, ...]:
    """Return what is wrong with one session as it is stored at this moment."""
    raw = await BookingSession.find_raw(session_id)
    if raw is None:
        return ()
    _, findings = await _examine(raw)
    return findings


def _has_expired(raw_session: Mapping[str, Any], now: datetime) -> bool:
    expires_at: datetime | None = raw_session.get("events_expire_at")
    return expires_at is not None and expires_at <= now + TIME_TO_READ_ALL


_Settle: TypeAlias = Callable[[_Run, EntityId], Awaitable[None]]


async def _run(
    *,
    now: datetime,
    on_finding: OnFinding,
    on_progress: OnProgress,
    settle: _Settle,
    settle_orphan: _Settle,
) -> VerificationReport:
    total = await BookingSession.estimate_count()
    run = _Run(on_finding=on_finding, on_progress=on_progress, total=total)
    async for raw in BookingSession.stream_raw():
        run.session_count += 1
        if _has_expired(raw, now):
            run.expired_session_count += 1
            run.on_progress(run.session_count, max(run.total, run.session_count))
            continue
        event_count, findings = await _examine(raw)
        run.event_count += event_count
        if findings:
            run.suspects.append(str(raw["_id"]))
        if len(run.suspects) >= MAX_IDS_PER_COMMAND:
            await _settle_suspects(run, settle)
        run.on_progress(run.session_count, max(run.total, run.session_count))
    await _settle_suspects(run, settle)
    async for session_id in _find_orphans(before=now - AGE_OF_ORPHANS):
        await settle_orphan(run, session_id)
    return run.to_report()


async def _settle_suspects(run: _Run, settle: _Settle) -> None:
    suspects, run.suspects = run.suspects, []
    if suspects:
        await asyncio.sleep(SECONDS_BEFORE_SECOND_LOOK)
    for session_id in suspects:
        await settle(run, session_id)


async def _tell(run: _Run, session_id: EntityId) -> None:
    for found in await find_session_problems(session_id):
        run.report(found)


async def _mend(run: _Run, session_id: EntityId) -> None:
    findings = await find_session_problems(session_id)
    was_wrong = bool(findings)
    for _ in range(ATTEMPTS_TO_MEND):
        if not findings or not await _rebuild(session_id):
            break
        findings = await find_session_problems(session_id)
    run.mended_session_count += was_wrong and not findings
    for found in findings:
        run.report(found)


async def _tell_of_orphan(run: _Run, session_id: EntityId) -> None:
    run.report(finding(FindingKind.SESSION_MISSING, session_id, "events of no session"))


async def _remove_orphan(run: _Run, session_id: EntityId) -> None:
    if await remove_lost_start(session_id):
        run.mended_session_count += 1
    else:
        await _tell_of_orphan(run, session_id)


async def _examine(raw: Mapping[str, Any]) -> tuple[int, tuple[Finding, ...]]:
    """Return how many events a stored session has, and what is wrong with it."""
    session_id = str(raw["_id"])
    try:
        audit = await _audit_events(raw)
        session = BookingSession.parse(raw)
        snapshot = session.to_state()
    except ValidationError as error:
        return 0, (finding(FindingKind.UNREADABLE, session_id, _describe(error)),)
    findings = [
        *audit.findings(session_id),
        *compare_snapshot(
            session_id,
            snapshot=snapshot,
            event_ids=session.booking_session_event_ids,
            audit=audit,
        ),
        *await _find_missing_booking(session, audit),
    ]
    return audit.event_count, tuple(findings)


async def _audit_events(raw_session: Mapping[str, Any]) -> StreamAudit:
    """Return the audit of a session's events; ValidationError when one of them is none."""
    policy = EventIdPolicy.model_validate(raw_session.get("event_id_policy", {}))
    audit = StreamAudit(policy=policy, snapshot_sequence=raw_session.get("sequence") or 0)
    async for raw in BookingSessionEventDocument.stream_raw(str(raw_session["_id"])):
        audit.follow(event_from_document(raw))
    return audit


def _describe(error: ValidationError) -> str:
    # Names of fields only: the values may be a customer's.
    return "; ".join(
        f"{'.'.join(map(str, detail['loc']))}: {detail['type']}"
        for detail in error.errors(include_url=False, include_input=False)
    )


async def _find_missing_booking(session: BookingSession, audit: StreamAudit) -> list[Finding]:
    state = audit.state()
    if state is None or not is_completed(state):
        return []
    booking_id = state.booking_outcome.booking_id
    if await Booking.owned_ids(session.organization_id, [booking_id]):
        return []
    return [finding(FindingKind.BOOKING_MISSING, session.id, f"booking {booking_id}")]


async def _rebuild(session_id: EntityId) -> bool:
    """Store what the events come to; False when they come to nothing, or cannot be read.

    The stored session is taken as it is: its snapshot may be beyond reading.
    """
    raw = await BookingSession.find_raw(session_id)
    if raw is None:
        return False
    try:
        audit = await _audit_events(raw)
    except ValidationError:
        return False
    state = audit.state()
    if state is None:
        return False
    if audit.cut_short:
        # Its writer had a whole moment to finish, and nobody was told that it is stored.
        await BookingSessionEventDocument.remove_unacknowledged(
            [event.id for event in audit.cut_short]
        )
    is_replaced = await BookingSession.replace_snapshot(
        session_id,
        state,
        stored_sequence=raw.get("sequence"),
        event_ids=audit.event_ids,
        now=state.current_state.last_activity_at,
    )
    await mark_changed_now(session_id)
    session = await BookingSession.get(session_id)
    if is_replaced and session is not None and is_completed(state):
        await restore_booking(session, state)
    return True


async def _find_orphans(*, before: datetime) -> AsyncIterator[EntityId]:
    """Yield the sessions that have events but no document, each once as far as memory reaches."""
    known: LRUCache[EntityId, bool] = LRUCache(maxsize=SESSIONS_REMEMBERED)
    unknown: set[EntityId] = set()
    async for session_id in BookingSessionEventDocument.stream_owners(before=before):
        if session_id not in known:
            unknown.add(session_id)
        if len(unknown) >= MAX_IDS_PER_COMMAND:
            for orphan in await _settle_owners(unknown, known):
                yield orphan
    for orphan in await _settle_owners(unknown, known):
        yield orphan


async def _settle_owners(unknown: set[EntityId], known: LRUCache[EntityId, bool]) -> list[EntityId]:
    found = await BookingSession.existing_ids(unknown) if unknown else set()
    orphans = sorted(unknown - found)
    known.update(dict.fromkeys(unknown, True))
    unknown.clear()
    return orphans
