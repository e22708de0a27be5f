"""Stored flows and sessions, and customers who come as far as asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument, event_record
from app.documents.driver import new_id
from app.documents.session_snapshot import snapshot_record
from app.domain.booking_session.commands import GoBack, SessionCommand
from app.domain.booking_session.context import SessionContext
from app.domain.booking_session.event_references import EventIdPolicy
from app.domain.booking_session.event_types import RecoveredProgress
from app.domain.booking_session.events import BookingSessionEvent
from app.domain.booking_session.flow_index import FlowIndex, index_flow
from app.domain.booking_session.lifecycle import decide_start
from app.services.booking_sessions.complete import CompleteSession, complete_session
from app.services.booking_sessions.record import Recorded, RecordEvents, record_events
from tests.domain.booking_session.builders import (
    CUSTOMER,
    NOW,
    THROUGH_SUMMARY,
    TYPE_CONFIGS,
    a_flow,
)

LATER = NOW + timedelta(minutes=5)


@dataclass(frozen=True)
class Place:
    """An organization with a published flow whose steps have ids of their own."""

    organization_id: str
    revision_id: str
    flow: FlowIndex
    step_ids: dict[str, str] = field(repr=False)

    def command(self, command: SessionCommand, client_event_id: str) -> SessionCommand:
        """Return a command on the builders' flow as one on this flow."""
        data = command.data
        if isinstance(data, GoBack):
            data = data.model_copy(update={"to_step_id": self.step_ids[data.to_step_id]})
        return SessionCommand(
            client_event_id=client_event_id, step_id=self.step_ids[command.step_id], data=data
        )


async def a_place(
    *,
    capacity: int | None = None,
    organization_id: str | None = None,
    hold_minutes: int = 0,
    allow_returning_customers: bool = False,
) -> Place:
    timeslots: dict[str, Any] = TYPE_CONFIGS[list(TYPE_CONFIGS)[3]][1]
    windows = [{**window, "capacity": capacity} for window in timeslots["windows"]]
    timeslots = {**timeslots, "windows": windows, "hold_minutes": hold_minutes}
    common = a_flow(
        timeslot_selection=timeslots,
        customer={
            **TYPE_CONFIGS[CUSTOMER][1],
            "allow_returning_customers": allow_returning_customers,
        },
    )
    step_ids = {step.id: new_id() for step in common.flow.steps}
    steps = [s.model_copy(update={"id": step_ids[s.id]}) for s in common.flow.steps]
    flow = common.flow.model_copy(update={"booking_flow_id": new_id(), "steps": tuple(steps)})
    revision = BookingFlowRevision(
        organization_id=organization_id or new_id(),
        created_at=NOW,
        updated_at=NOW,
        booking_flow_id=flow.booking_flow_id,
        revision=1,
        flow_version=1,
        content=flow.content,
        steps=steps,
        published_at=NOW,
        published_by="test",
    )
    await revision.insert()
    return Place(revision.organization_id, revision.id, index_flow(flow), step_ids)


@dataclass(frozen=True)
class Customer:
    """One started session."""

    place: Place
    session_id: str

    async def record(
        self,
        *commands: SessionCommand,
        ids: Sequence[str] | None = None,
        now: datetime = LATER,
    ) -> Recorded:
        """Record the commands under `ids`, or under fresh client event ids."""
        client_event_ids = ids or [new_id() for _ in commands]
        events = tuple(
            self.place.command(command, client_event_id)
            for command, client_event_id in zip(commands, client_event_ids, strict=True)
        )
        return await record_events(
            RecordEvents(booking_session_id=self.session_id, events=events),
            organization_id=self.place.organization_id,
            now=now,
        )

    async def complete(self, key: str = "key", *, now: datetime = LATER) -> Any:
        return await complete_session(
            CompleteSession(booking_session_id=self.session_id, idempotency_key=key),
            organization_id=self.place.organization_id,
            now=now,
        )

    async def stored(self) -> BookingSession:
        session = await BookingSession.get(self.session_id)
        assert session is not None
        return session

    async def events(self) -> list[BookingSessionEvent]:
        return await BookingSessionEventDocument.find_events(self.session_id)

    async def insert_events_only(self, events: Sequence[BookingSessionEvent]) -> None:
        """Store events as a process does that dies before it can store anything else."""
        owner = {
            "organization_id": self.place.organization_id,
            "booking_session_id": self.session_id,
            "booking_flow_id": self.place.flow.flow.booking_flow_id,
        }
        await BookingSessionEventDocument.get_motor_collection().insert_many(
            [{**event_record(event), **owner} for event in events]
        )


async def a_customer(
    *commands: SessionCommand,
    place: Place | None = None,
    policy: EventIdPolicy | None = None,
    context: SessionContext | None = None,
    recovered: RecoveredProgress | None = None,
    now: datetime = NOW,
) -> Customer:
    """Start a session, and record the commands in one batch."""
    place = place or await a_place()
    decision = decide_start(
        place.flow,
        session_context=context or SessionContext(),
        event_id=new_id(),
        now=now,
        recovered=recovered,
    )
    session = BookingSession(
        organization_id=place.organization_id,
        created_at=now,
        updated_at=now,
        event_id_policy=policy or EventIdPolicy(),
        booking_session_event_ids=[event.id for event in decision.events],
        booking_flow_revision_id=place.revision_id,
        **snapshot_record(decision.state),
    )
    customer = Customer(place, session.id)
    await customer.insert_events_only(decision.events)
    await session.insert()
    if commands:
        await customer.record(*commands)
    return customer


async def a_ready_customer(*, place: Place | None = None) -> Customer:
    """Return a customer who has done everything up to the booking itself."""
    return await a_customer(*THROUGH_SUMMARY, place=place)
