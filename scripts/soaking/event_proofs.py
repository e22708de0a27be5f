"""What is stored of sessions, held against what their customers were told."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.api.ids import EntityType, encode_id
from app.documents.booking_session_event import BookingSessionEventDocument
from app.domain.booking_session.events import event_from_document
from app.services.booking_sessions.verification import AGE_OF_ORPHANS
from scripts.soaking.ledger import Ledger, Visit
from scripts.soaking.verdicts import Verdict, judge

ENDS = {"booked": "session_completed", "abandoned": "session_abandoned"}


@dataclass
class StoredSession:
    """The events of one session: client id, global id, sequence and kind."""

    events: list[tuple[str | None, str, int]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    begun_at: datetime | None = None

    def is_start_left_behind(self, now: datetime) -> bool:
        """Return whether it is a start that was cut short and that a worker is about to remove."""
        is_young = self.begun_at is not None and now - self.begun_at < AGE_OF_ORPHANS
        return is_young and self.kinds == {"session_started": 1}


async def read_sessions() -> dict[str, StoredSession]:
    """Return what is stored of every session, by its global id."""
    sessions: dict[str, StoredSession] = {}
    collection = BookingSessionEventDocument.get_motor_collection()
    async for raw in collection.find({}).batch_size(1_000):
        session_id = encode_id(EntityType.BOOKING_SESSION, raw["booking_session_id"])
        event = event_from_document(raw)
        event_id = encode_id(EntityType.BOOKING_SESSION_EVENT, event.id)
        stored = sessions.setdefault(session_id, StoredSession(begun_at=event.timestamp))
        stored.events.append((event.client_event_id, event_id, event.sequence))
        stored.kinds[event.event_type.value] += 1
    for stored in sessions.values():
        stored.events.sort(key=lambda event: event[2])
    return sessions


def prove_events(
    ledger: Ledger, sessions: dict[str, StoredSession], *, now: datetime
) -> Iterator[Verdict]:
    """Yield whether everything acknowledged is stored, once, and nothing besides."""
    known = {visit.id: visit for visit in ledger.visits}
    pairs = [(visit, sessions.get(id_, StoredSession())) for id_, visit in known.items()]
    acknowledged = sum(len(visit.acknowledged) for visit in known.values())
    stored = sum(len(each.events) for each in sessions.values())
    yield judge(
        "no acknowledged event is lost",
        f"{acknowledged} acknowledged events",
        [found for visit, session in pairs for found in _find_lost(visit, session)],
    )
    yield judge(
        "no event is stored twice, unasked or after a refusal",
        f"{stored} stored events",
        [found for visit, session in pairs for found in _find_surplus(visit, session)],
    )
    yield judge(
        "every session is its customer's, numbered without gaps, and ended as he was told",
        f"{len(sessions)} sessions",
        [
            *(
                f"nobody started {id_}"
                for id_ in sessions.keys() - known.keys()
                if not sessions[id_].is_start_left_behind(now)
            ),
            *(found for visit, session in pairs for found in _find_disorder(visit, session)),
        ],
    )


def _find_lost(visit: Visit, session: StoredSession) -> Iterable[str]:
    stored = {client_id: (id_, sequence) for client_id, id_, sequence in session.events}
    for client_id, told in visit.acknowledged.items():
        if stored.get(client_id) != told:
            yield f"{visit.id} {client_id}: told {told}, stored {stored.get(client_id)}"


def _find_surplus(visit: Visit, session: StoredSession) -> Iterable[str]:
    sent = Counter(client_id for client_id, _, _ in session.events if client_id is not None)
    for client_id, count in sent.items():
        if count > 1:
            yield f"{visit.id} {client_id}: {count} times"
        if client_id in visit.refused:
            yield f"{visit.id} {client_id}: refused and yet stored"
        elif client_id not in visit.acknowledged:
            yield f"{visit.id} {client_id}: stored and never acknowledged"


def _find_disorder(visit: Visit, session: StoredSession) -> Iterable[str]:
    sequences = [sequence for _, _, sequence in session.events]
    if not sequences or sequences != list(range(1, len(sequences) + 1)):
        yield f"{visit.id}: {sequences}"
    if visit.end in ENDS and session.kinds[ENDS[visit.end]] != 1:
        yield f"{visit.id}: {visit.end} for its customer, {dict(session.kinds)}"


def prove_followers(ledger: Ledger, sessions: dict[str, StoredSession]) -> Verdict:
    """Return whether followers were sent every event once and in order, to the session's end."""
    followed = [visit for visit in ledger.visits if visit.followed is not None]
    sent = sum(len(visit.followed or ()) for visit in followed)
    return judge(
        "followers were sent every event, once and in order, across every break",
        f"{sent} events of {len(followed)} sessions",
        [found for visit in followed for found in _find_missed(visit, sessions)],
    )


def _find_missed(visit: Visit, sessions: dict[str, StoredSession]) -> Iterable[str]:
    seen = visit.followed or []
    if seen != list(range(1, len(seen) + 1)):
        yield f"{visit.id}: {seen}"
    stored = len(sessions.get(visit.id, StoredSession()).events)
    if visit.end in ENDS and len(seen) != stored:
        yield f"{visit.id}: sent {len(seen)} of {stored}"
