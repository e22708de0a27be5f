"""Any number of sessions with their events, made of a few random histories, for measuring reports.

They are made hour by hour, so that nobody holds all of them. What is stored has the fields that
reports and rollups read and no others, under the indexes by which these find it: all together it
is stored several times as fast as what servers store.
"""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from unittest.mock import patch

from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.session_facts import FIELDS, to_facts
from app.documents.session_moments import to_moment
from app.domain.analytics.scope import ReportScope
from app.domain.analytics.session_facts import SessionFacts
from app.domain.analytics.step_times import StepMoment
from app.domain.analytics.vendor_outcome import VendorState
from app.domain.booking import BookingStatus
from app.domain.booking_session.context import Device, DeviceType, SessionContext, UtmParameters
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.values import EntityId
from app.services.analytics import counting, rollups
from tests.domain.booking_session.builders import NOW
from tests.services.analytics.histories import play_history
from tests.services.booking_sessions.builders import Place

TEMPLATES = 12
HOUR = timedelta(hours=1)
RECORDS_PER_INSERT = 400
"""Larger ones keep the embedded database from answering for so long that it is given up."""
SPREAD = 0.8
"""Of the logarithm of how slow a customer is: a third of them take twice as long, or half."""

SESSION_FIELDS = frozenset(
    {
        "organization_id",
        "updated_at",
        "sequence",
        "current_state",
        *(f.split(".")[0] for f in FIELDS),
    }
)
EVENT_FIELDS = frozenset(
    {"organization_id", "booking_session_id", "sequence", "event_type", "step_id", "occurred_at"}
)
KEPT_INDEXES = frozenset(
    {
        *("organization_created", "organization_updated", "session_sequence", "booking_session"),
        *("organization_recorded", "organization_span_view_start", "organization_next_expiry"),
        *("organization_flow_revision", "organization_flow"),
    }
)

Record: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """A session with its events, as stored."""

    session: Record
    events: list[Record]


async def drop_other_indexes() -> None:
    """Leave the empty collections with the indexes that reports and rollups use."""
    for document in (BookingSession, BookingSessionEventDocument, Booking):
        collection = document.get_motor_collection()
        for index in document.Settings.indexes:
            if index.document["name"] not in KEPT_INDEXES:
                await collection.drop_index(index.document["name"])


async def play_templates(place: Place, randomly: random.Random) -> list[Visit]:
    """Return random sessions as stored, with their events, and remove everything stored so far."""
    visits = []
    for _ in range(TEMPLATES):
        customer = await play_history(randomly, [place], at=NOW)
        session = await BookingSession.find_raw(customer.session_id)
        events = [raw async for raw in BookingSessionEventDocument.stream_raw(customer.session_id)]
        visits.append(
            Visit(_only(session or {}, SESSION_FIELDS), [_slim(event) for event in events])
        )
    for document in (BookingSession, BookingSessionEventDocument, Booking):
        await document.delete_all()
    return visits


def _only(record: Record, names: frozenset[str]) -> Record:
    return {name: value for name, value in record.items() if name in names}


def _slim(event: Record) -> Record:
    data = event.get("data") or {}
    return _only(event, EVENT_FIELDS) | {
        "data": _only(data, frozenset(("to_step_id", "reason", "field")))
    }


@dataclass(frozen=True)
class Sessions:
    """As many sessions as asked for, spread evenly over the hours of the days before `NOW`.

    The same hour has the same sessions whenever it is asked for.
    """

    templates: list[Visit]
    count: int
    days: int

    def hours(self) -> list[datetime]:
        """Return the beginnings of the hours in order."""
        return [NOW - (number + 1) * HOUR for number in reversed(range(self.days * 24))]

    def numbers_within(self, hour: datetime) -> range:
        """Return the numbers of the sessions created in an hour."""
        hours = self.days * 24
        number = (hour - NOW) // HOUR + hours
        if not 0 <= number < hours:
            return range(0)
        return range(number * self.count // hours, (number + 1) * self.count // hours)

    def within(self, hour: datetime) -> list[Visit]:
        """Return the sessions created in an hour."""
        return [self._make(number, hour) for number in self.numbers_within(hour)]

    def _make(self, number: int, hour: datetime) -> Visit:
        """Return one of the templates at another time, of another origin, slower or faster."""
        randomly = random.Random(number)
        template = self.templates[randomly.randrange(len(self.templates))]
        begin, pace = hour + randomly.random() * HOUR, randomly.lognormvariate(0, SPREAD)
        session_id = f"{self.count:010x}{number:014x}"
        session = template.session | {
            "_id": session_id,
            "created_at": begin,
            "updated_at": begin,
            "session_context": randomly.choice(ORIGINS),
        }
        changes = [
            {
                "_id": f"{session_id}{place:04x}",
                "booking_session_id": session_id,
                "occurred_at": begin + (event["occurred_at"] - NOW) * pace,
            }
            for place, event in enumerate(template.events)
        ]
        events = [event | change for event, change in zip(template.events, changes, strict=True)]
        return Visit(session, events)


ORIGINS: tuple[Record, ...] = tuple(
    SessionContext(
        utm=UtmParameters(source=source, medium=medium, campaign=campaign),
        device=Device(type=device),
    ).model_dump()
    for source in (None, "google", "bing", "news")
    for medium in (None, "cpc")
    for campaign in (None, *(f"campaign {number}" for number in range(9)))
    for device in DeviceType
)


BOOKED = VendorState.of(BookingStatus.CONFIRMED, None, None, has_job=False)


class Worker:
    """Counts an organization's rollups as a worker does, without reading what it counts.

    Sessions and events come from memory instead of from the database, so that they need not be
    stored before. What is counted of them, and what is stored, is the worker's own doing.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._visits: list[Visit] = []

    async def count(self, organization_id: EntityId, *, now: datetime) -> None:
        """Store the rollups of the organization."""
        with (
            patch.object(counting, "stream_session_facts", self._stream_facts),
            patch.object(counting, "stream_moments", self._stream_moments),
            patch.object(counting, "stream_vendor_states", self._stream_states),
            patch.object(rollups, "find_changed_hours", self._find_hours),
        ):
            async for _ in rollups.rebuild_rollups(organization_id, now=now):
                pass

    async def _stream_facts(self, scope: ReportScope, **_: Any) -> AsyncIterator[SessionFacts]:
        self._visits = self._sessions.within(scope.created_from)
        for visit in self._visits:
            yield to_facts(visit.session)

    async def _stream_moments(self, _: ReportScope, **__: Any) -> AsyncIterator[StepMoment]:
        # Of the hour whose sessions were asked for right before.
        for visit in self._visits:
            for event in visit.events:
                yield to_moment(visit.session["_id"], event)

    async def _stream_states(self, _: ReportScope) -> AsyncIterator[tuple[EntityId, VendorState]]:
        for visit in self._visits:
            if visit.session["booking_outcome"]["status"] == BookingSessionStatus.COMPLETED.value:
                yield visit.session["_id"], BOOKED

    async def _find_hours(self, *_: object, **__: object) -> set[datetime]:
        return {hour for hour in self._sessions.hours() if self._sessions.numbers_within(hour)}


async def store(sessions: Sessions, *, with_events: bool) -> None:
    """Insert all sessions, and their events or not."""
    waiting: list[Record] = []
    events: list[Record] = []
    for hour in sessions.hours():
        for visit in sessions.within(hour):
            waiting.append(visit.session)
            events += visit.events if with_events else ()
        if len(waiting) + len(events) >= RECORDS_PER_INSERT:
            await _insert(waiting, events)
            waiting, events = [], []
    await _insert(waiting, events)


async def _insert(sessions: list[Record], events: list[Record]) -> None:
    if sessions:
        await BookingSession.get_motor_collection().insert_many(sessions, ordered=False)
    if events:
        await BookingSessionEventDocument.get_motor_collection().insert_many(events, ordered=False)
