"""Strawberry as it comes: no cache of documents, no loaders, one query per reference."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry
from content_schema import (
    DATE_TIME,
    BookingFlow,
    BookingFlowConnection,
    BookingFlowEdge,
    PageInfo,
    Scheduler,
)
from ids import decode_id
from serving import create_app as create_served_app
from session_schema import (
    AbandonedBookingOutcome,
    ActiveBookingOutcome,
    BookingSession,
    BookingSessionEventResult,
    CompletedBookingOutcome,
    RecordBookingSessionEventsInput,
    RecordBookingSessionEventsPayload,
    UserError,
    to_session,
)
from sessions import Command, record_events
from starlette.applications import Starlette
from starlette.requests import Request
from strawberry.asgi import GraphQL
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info


def require_organization(info: Info) -> str:
    credential = info.context["credential"]
    if credential is None:
        raise ValueError("Say who you are.")
    organization_id: str = credential.organization_id
    return organization_id


@strawberry.type
class Query:
    @strawberry.field
    async def scheduler(self, info: Info, publishable_key: str) -> Scheduler | None:
        configs = info.context["db"].scheduler_configs
        config = await configs.find_one({"publishable_key": publishable_key})
        return Scheduler.of(config) if config else None

    @strawberry.field
    async def booking_flows(self, info: Info, first: int = 20) -> BookingFlowConnection:
        condition = {
            "organization_id": require_organization(info),
            "status": {"$in": ["draft", "published"]},
        }
        flows = info.context["db"].booking_flows
        newest = flows.find(condition).sort([("created_at", -1), ("_id", -1)]).limit(first + 1)
        found = await newest.to_list()
        return BookingFlowConnection(
            page_info=PageInfo(has_next_page=len(found) > first),
            edges=[BookingFlowEdge(node=BookingFlow.of_draft(flow)) for flow in found[:first]],
            condition=condition,
        )

    @strawberry.field
    async def booking_session(self, info: Info, id: strawberry.ID) -> BookingSession | None:
        condition = {
            "_id": decode_id("BookingSession", id),
            "organization_id": require_organization(info),
        }
        return to_session(await info.context["db"].booking_sessions.find_one(condition))


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def record_booking_session_events(
        self, info: Info, input: RecordBookingSessionEventsInput
    ) -> RecordBookingSessionEventsPayload:
        require_organization(info)
        commands = [
            Command(
                client_event_id=event.client_event_id,
                step_id=decode_id("BookingFlowStep", event.step_id),
                data={
                    "field": event.data.field_updated.field,
                    "value": event.data.field_updated.value,
                },
            )
            for event in input.events
        ]
        session_id = decode_id("BookingSession", input.booking_session_id)
        recorded = await record_events(
            info.context["db"], info.context["credential"], session_id, commands
        )
        problems = [] if recorded.problem is None else [recorded.problem]
        return RecordBookingSessionEventsPayload(
            booking_session=to_session(recorded.session),
            results=[BookingSessionEventResult.of(result) for result in recorded.results],
            user_errors=[UserError(code=code, message=it, path=["input"]) for code, it in problems],
        )


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[ActiveBookingOutcome, CompletedBookingOutcome, AbandonedBookingOutcome],
    config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
)


def create_app() -> Starlette:
    def graphql(connection: Callable[[], Any]) -> "NaiveGraphQL":
        return NaiveGraphQL(connection)

    return create_served_app(graphql)


class NaiveGraphQL(GraphQL):
    """The view, with the database and the caller in each request's context."""

    def __init__(self, connection: Callable[[], Any]) -> None:
        super().__init__(schema, graphql_ide=None)
        self._connection = connection

    async def get_context(self, request: Request, response: Any) -> dict[str, Any]:
        db, authenticator = self._connection()
        credential = await authenticator.authenticate(request.headers.get("authorization"))
        return {"request": request, "response": response, "db": db, "credential": credential}
