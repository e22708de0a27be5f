"""Booking sessions as clients read them: a union by outcome."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from app.api.booking_flows.types import BookingFlow
from app.api.booking_questions.types import load_service
from app.api.booking_services.types import BookingService
from app.api.booking_sessions.context_types import SessionContext
from app.api.booking_sessions.enums import AbandonmentReason, BookingSessionStatus
from app.api.booking_sessions.event_types import BookingSessionEvent
from app.api.booking_sessions.filters import BookingSessionEventFilter
from app.api.booking_sessions.history import load_changes, load_state_at, require_events
from app.api.booking_sessions.history_types import BookingSessionChange
from app.api.booking_sessions.state_types import (
    CurrentState,
    SessionMetrics,
    StepProgression,
    to_timeslot,
)
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.timeslots.types import Timeslot
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.paging import SortOrder
from app.domain.access import OrganizationCredential
from app.domain.booking_session import state as domain
from app.domain.values import EntityId
from app.loaders.base import OwnedId, owned
from app.services.booking_sessions.session_view import SessionView


@strawberry.interface(description="How a session stands, and what came of it.")
class BookingOutcome:
    status: BookingSessionStatus = strawberry.field(description="How the session stands.")


@strawberry.type(description="Nothing is decided yet.")
class ActiveBookingOutcome(BookingOutcome):
    pass


@strawberry.type(description="A booking was made.")
class CompletedBookingOutcome(BookingOutcome):
    completed_at: datetime = strawberry.field(description="When it was made.")
    booking_id: strawberry.ID = strawberry.field(description="The booking.")
    selected_timeslot: Timeslot | None = strawberry.field(
        description="The time booked; null in a flow that asks for none."
    )
    service_id: strawberry.Private[OwnedId | None] = None

    @strawberry.field(description="The service booked; null when it was deleted.")
    def selected_service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)


@strawberry.type(description="The session ended without a booking.")
class AbandonedBookingOutcome(BookingOutcome):
    abandoned_at: datetime = strawberry.field(description="When it ended.")
    reason: AbandonmentReason = strawberry.field(description="Why it ended.")
    drop_off_step_id: strawberry.ID = strawberry.field(description="The step it ended at.")
    selected_timeslot: Timeslot | None = strawberry.field(
        description="The time chosen by then, if one was."
    )
    service_id: strawberry.Private[OwnedId | None] = None

    @strawberry.field(description="The service chosen by then, if one was.")
    def selected_service(self, info: Info) -> BookingService | None:
        return load_service(info, self.service_id)


@strawberry.interface(description="One customer's way through a booking flow.")
class BookingSessionBase(Node):
    sequence: int = strawberry.field(description="The sequence of the newest event.")
    created_at: datetime = strawberry.field(description="When the session started.")
    session_context: SessionContext = strawberry.field(description="Where it comes from.")
    step_progression: StepProgression = strawberry.field(description="How far it came.")
    metrics: SessionMetrics = strawberry.field(description="Its counts.")
    current_state: CurrentState = strawberry.field(description="Where the customer is.")
    booking_outcome: BookingOutcome = strawberry.field(description="What came of it.")
    events_expire_at: datetime | None = strawberry.field(
        description="When the events are removed; null while no time is set."
    )
    revision_id: strawberry.Private[OwnedId]
    view: strawberry.Private[SessionView]

    @strawberry.field(
        description=(
            "What happened, in order. Null, with the error EXPIRED, when the events were removed "
            "after their retention."
        )
    )
    async def events(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingSessionEventFilter | None,
            strawberry.argument(description="Which events to list."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingSessionEvent] | None:
        require_events(self.view, now=info.context.now)
        conditions = filter.to_query() if filter else {}
        return await paginate(
            info,
            BookingSessionEventDocument,
            {"booking_session_id": self.view.id, **conditions},
            # What lies beyond was never acknowledged, or is newer than the state shown here.
            visible={"sequence": {"$lte": self.view.state.sequence}},
            order=SortOrder("sequence", unique=True),
            to_node=lambda document: BookingSessionEvent.from_recorded(document.to_recorded()),
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @strawberry.field(
        description=(
            "The state after the event of this sequence, or at this time; the newest state when "
            "neither is given. Null when there was no such state: beyond the newest event, or "
            "before the session began. EXPIRED when the events were removed after their retention."
        )
    )
    async def state_at(
        self,
        info: Info,
        sequence: Annotated[
            int | None, strawberry.argument(description="An event's sequence, from 1.")
        ] = None,
        timestamp: Annotated[
            datetime | None, strawberry.argument(description="A time, by the server's clock.")
        ] = None,
    ) -> CurrentState | None:
        state = await load_state_at(
            self.view, sequence=sequence, timestamp=timestamp, now=info.context.now
        )
        return (
            None
            if state is None
            else CurrentState.from_domain(
                state.current_state, organization_id=self.view.organization_id
            )
        )

    @strawberry.field(
        description=(
            "What changed from one event to another; null when the session has not come that far. "
            "EXPIRED when the events were removed after their retention."
        )
    )
    async def diff(
        self,
        info: Info,
        from_: Annotated[
            int,
            strawberry.argument(name="from", description="The sequence of the earlier event."),
        ],
        to: Annotated[int, strawberry.argument(description="The sequence of the later event.")],
    ) -> list[BookingSessionChange] | None:
        return await load_changes(self.view, from_=from_, to=to, now=info.context.now)

    @strawberry.field(description="The flow, as of the revision the session is pinned to.")
    async def booking_flow(self, info: Info) -> BookingFlow:
        revision = await info.context.loaders.revisions.load(self.revision_id)
        if revision is None:
            raise RuntimeError(f"revision {self.revision_id.id} of a session is gone")
        return BookingFlow.from_revision(revision)

    @strawberry.field(
        description=(
            "The abandoned session whose customer returned in this one; null when there is none. "
            "Shown to API keys only: a session token opens its own session."
        )
    )
    async def resumed_from_session(
        self, info: Info
    ) -> Annotated["BookingSession", strawberry.lazy("app.api.booking_sessions.types")] | None:
        if not _sees_other_sessions(info):
            return None
        return await self._load_session(info, self.view.state.resumed_from_session_id)

    @strawberry.field(
        description=(
            "The session this one's customer returned in, the newest if there are several; null "
            "when there is none. Shown to API keys only: a session token opens its own session."
        )
    )
    async def resumed_by_session(
        self, info: Info
    ) -> Annotated["BookingSession", strawberry.lazy("app.api.booking_sessions.types")] | None:
        if not _sees_other_sessions(info):
            return None
        own_key = OwnedId(self.view.organization_id, self.view.id)
        session_id = await info.context.loaders.resuming_session_ids.load(own_key)
        return await self._load_session(info, session_id)

    async def _load_session(self, info: Info, session_id: EntityId | None) -> "AnySession | None":
        key = owned(self.view.organization_id, session_id)
        session = None if key is None else await info.context.loaders.sessions.load(key)
        return None if session is None else to_session(SessionView.of(session))


def _sees_other_sessions(info: Info) -> bool:
    return isinstance(info.context.credential, OrganizationCredential)


@strawberry.type(description="A session that takes events.")
class ActiveBookingSession(BookingSessionBase):
    booking_outcome: ActiveBookingOutcome = strawberry.field(description="Nothing yet.")


@strawberry.type(description="A session that led to a booking.")
class CompletedBookingSession(BookingSessionBase):
    booking_outcome: CompletedBookingOutcome = strawberry.field(description="The booking made.")


@strawberry.type(description="A session that ended without a booking.")
class AbandonedBookingSession(BookingSessionBase):
    booking_outcome: AbandonedBookingOutcome = strawberry.field(description="How it ended.")


AnySession: TypeAlias = ActiveBookingSession | CompletedBookingSession | AbandonedBookingSession

BookingSession: TypeAlias = Annotated[
    AnySession,
    strawberry.union("BookingSession", description="One customer's way through a booking flow."),
]


def to_session(view: SessionView) -> AnySession:
    """Return the session in the schema's type for its status."""
    state = view.state
    base: dict[str, Any] = {
        "id": encode_id(EntityType.BOOKING_SESSION, view.id),
        "sequence": state.sequence,
        "created_at": view.created_at,
        "session_context": SessionContext.from_domain(state.session_context),
        "step_progression": StepProgression.from_domain(state.step_progression),
        "metrics": SessionMetrics(**dict(state.metrics)),
        "current_state": CurrentState.from_domain(
            state.current_state, organization_id=view.organization_id
        ),
        "events_expire_at": view.events_expire_at,
        "view": view,
        "revision_id": OwnedId(view.organization_id, view.booking_flow_revision_id),
    }
    match state:
        case domain.ActiveSession():
            outcome = ActiveBookingOutcome(status=BookingSessionStatus.ACTIVE)
            return ActiveBookingSession(**base, booking_outcome=outcome)
        case domain.CompletedSession():
            return CompletedBookingSession(
                **base, booking_outcome=_completed(state.booking_outcome, view.organization_id)
            )
        case domain.AbandonedSession():
            return AbandonedBookingSession(
                **base, booking_outcome=_abandoned(state.booking_outcome, view.organization_id)
            )


def _completed(
    outcome: domain.CompletedOutcome, organization_id: EntityId
) -> CompletedBookingOutcome:
    return CompletedBookingOutcome(
        status=outcome.status,
        completed_at=outcome.completed_at,
        booking_id=encode_id(EntityType.BOOKING, outcome.booking_id),
        selected_timeslot=to_timeslot(outcome.selected_timeslot),
        service_id=OwnedId(organization_id, outcome.selected_service_id),
    )


def _abandoned(
    outcome: domain.AbandonedOutcome, organization_id: EntityId
) -> AbandonedBookingOutcome:
    return AbandonedBookingOutcome(
        status=outcome.status,
        abandoned_at=outcome.abandoned_at,
        reason=outcome.reason,
        drop_off_step_id=encode_id(EntityType.BOOKING_FLOW_STEP, outcome.drop_off_step_id),
        selected_timeslot=to_timeslot(outcome.selected_timeslot),
        service_id=owned(organization_id, outcome.selected_service_id),
    )
