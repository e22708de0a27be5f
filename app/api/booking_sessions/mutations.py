"""What a widget does with a session."""

import strawberry

from app.api.booking_sessions.event_types import BookingSessionEventResult
from app.api.booking_sessions.inputs import (
    AbandonBookingSessionInput,
    CompleteBookingSessionInput,
    RecordBookingSessionEventsInput,
    StartBookingSessionInput,
)
from app.api.booking_sessions.types import BookingSession, to_session
from app.api.bookings.types import Booking
from app.api.context import Info
from app.api.inputs import not_found, read_input
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload
from app.domain.access import SessionCredential
from app.domain.refusal import Refused
from app.domain.values import EntityId
from app.loaders.base import OwnedId
from app.services.booking_sessions import abandon, complete, record, start
from app.services.booking_sessions.resumption import read_resumed_session
from app.services.booking_sessions.session_view import SessionView
from app.services.scheduler_configs import find_served_config


@strawberry.type(description="The outcome of `startBookingSession`.")
class StartBookingSessionPayload(MutationPayload):
    booking_session: BookingSession | None = strawberry.field(
        default=None, description="The session; null when it was refused."
    )
    session_token: str | None = strawberry.field(
        default=None, description="The bearer token that opens this session and nothing else."
    )


@strawberry.type(description="The outcome of `recordBookingSessionEvents`.")
class RecordBookingSessionEventsPayload(MutationPayload):
    booking_session: BookingSession | None = strawberry.field(
        default=None, description="The session after the batch; null when it was refused."
    )
    results: list[BookingSessionEventResult] = strawberry.field(
        default_factory=list, description="One for each event, in the order sent."
    )


@strawberry.type(description="The outcome of `completeBookingSession`.")
class CompleteBookingSessionPayload(MutationPayload):
    booking_session: BookingSession | None = strawberry.field(
        default=None, description="The closed session; null when booking was refused."
    )
    booking: Booking | None = strawberry.field(
        default=None, description="The booking; null when it was refused."
    )


@strawberry.type(description="The outcome of `abandonBookingSession`.")
class AbandonBookingSessionPayload(MutationPayload):
    booking_session: BookingSession | None = strawberry.field(
        default=None, description="The closed session; null when it was refused."
    )


def require_session(info: Info, booking_session_id: EntityId) -> EntityId:
    """Return the caller's organization; raises Refused when the token opens another session."""
    credential = info.context.credential
    is_foreign = (
        isinstance(credential, SessionCredential)
        and credential.booking_session_id != booking_session_id
    )
    if is_foreign:
        raise Refused([not_found(("booking_session_id",))])
    return info.context.organization_id


def _read_resumed_session(
    info: Info, command: start.StartSession, organization_id: EntityId
) -> EntityId | None:
    token = command.resumed_from_session_token
    if token is None:
        return None
    return read_resumed_session(
        token, organization_id=organization_id, authenticator=info.context.authenticator
    )


@strawberry.type
class BookingSessionMutations:
    @mutation(
        description="Start a session on the flow the page is routed to.", access=Access.PUBLIC
    )
    async def start_booking_session(
        self, info: Info, input: StartBookingSessionInput
    ) -> StartBookingSessionPayload:
        command = read_input(input, start.StartSession)
        config = await find_served_config(
            command.publishable_key,
            origin=info.context.origin,
            server_origin=info.context.server_origin,
        )
        if config is None:
            raise Refused([not_found(("publishable_key",))])
        session = await start.start_session(
            command,
            config=config,
            now=info.context.now,
            resumed_from_session_id=_read_resumed_session(info, command, config.organization_id),
        )
        return StartBookingSessionPayload(
            booking_session=to_session(SessionView.of(session)),
            session_token=info.context.authenticator.session_token(
                organization_id=session.organization_id, booking_session_id=session.id
            ),
        )

    @mutation(
        description="Record what the customer does: 1 to 100 events, all or none.",
        access=Access.SESSION_OR_EDITOR,
    )
    async def record_booking_session_events(
        self, info: Info, input: RecordBookingSessionEventsInput
    ) -> RecordBookingSessionEventsPayload:
        command = read_input(input, record.RecordEvents)
        organization_id = require_session(info, command.booking_session_id)
        recorded = await record.record_events(
            command, organization_id=organization_id, now=info.context.now
        )
        session_key = OwnedId(organization_id, command.booking_session_id)
        return RecordBookingSessionEventsPayload(
            booking_session=to_session(recorded.session),
            results=[
                BookingSessionEventResult.from_result(result, session_key=session_key)
                for result in recorded.results
            ],
        )

    @mutation(
        description="Book what the session holds, and close it.", access=Access.SESSION_OR_EDITOR
    )
    async def complete_booking_session(
        self, info: Info, input: CompleteBookingSessionInput
    ) -> CompleteBookingSessionPayload:
        command = read_input(input, complete.CompleteSession)
        organization_id = require_session(info, command.booking_session_id)
        view, booking = await complete.complete_session(
            command, organization_id=organization_id, now=info.context.now
        )
        return CompleteBookingSessionPayload(
            booking_session=to_session(view), booking=Booking.from_document(booking)
        )

    @mutation(description="Close the session without a booking.", access=Access.SESSION_OR_EDITOR)
    async def abandon_booking_session(
        self, info: Info, input: AbandonBookingSessionInput
    ) -> AbandonBookingSessionPayload:
        command = read_input(input, abandon.ReportAbandonment)
        organization_id = require_session(info, command.booking_session_id)
        view = await abandon.abandon_session(
            command, organization_id=organization_id, now=info.context.now
        )
        return AbandonBookingSessionPayload(booking_session=to_session(view))
