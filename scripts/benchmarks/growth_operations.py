"""The operations whose cost is watched while the data grows."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, NamedTuple

from app.api.ids import EntityType, encode_id
from app.services.booking_sessions import history
from scripts.benchmarks.growth_data import Growing
from tests.api.client import ApiClient, an_anonymous_client
from tests.api.site import PAGE
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import DETAILS, THROUGH_SERVICE, THROUGH_SUMMARY
from tests.services.booking_sessions.builders import Customer

WIDGET = load_operations("widget.graphql")
ADMIN = load_operations("admin.graphql")
FLOW_LIST = "query { bookingFlows(first: 20) { nodes { id status content { title } } } }"
SESSION_LIST = """
query ($after: String, $filter: BookingSessionFilter) {
  bookingSessions(first: 20, after: $after, filter: $filter) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on BookingSessionBase { id createdAt bookingOutcome { status } } }
  }
}
"""
BOOKING_LIST = "query { bookings(first: 20) { nodes { id confirmationCode createdAt } } }"

numbers = count()
Ask = Callable[[], Awaitable[object]]


class Operation(NamedTuple):
    """What is asked; `prepare` does what is not measured."""

    name: str
    prepare: Callable[[Growing], Awaitable[Ask]]


def _asking(client: ApiClient, query: str, variables: dict[str, Any] | None = None) -> Ask:
    return lambda: client.data(query, variables)


async def _boot(growing: Growing) -> Ask:
    variables = {"key": growing.site.config.publishable_key, "context": {"url": PAGE}}
    return _asking(an_anonymous_client(), WIDGET["WidgetBoot"], variables)


async def _start(growing: Growing) -> Ask:
    input_ = {
        "publishableKey": growing.site.config.publishable_key,
        "context": {"url": PAGE},
    }
    return _asking(an_anonymous_client(), WIDGET["StartBookingSession"], {"input": input_})


async def _record(growing: Growing) -> Ask:
    customer = await growing.customer(*THROUGH_SERVICE)
    # As a process does that has not seen the session before.
    history._kept.clear()
    event = {
        "clientEventId": f"event-{next(numbers)}",
        "stepId": encode_id(EntityType.BOOKING_FLOW_STEP, growing.place.step_ids[DETAILS]),
        "data": {"fieldUpdated": {"field": "property", "value": "house"}},
    }
    input_ = {"bookingSessionId": _global_id(customer), "events": [event]}
    return _asking(_as(customer, growing), WIDGET["RecordBookingSessionEvents"], {"input": input_})


async def _complete(growing: Growing) -> Ask:
    customer = await growing.customer(*THROUGH_SUMMARY)
    history._kept.clear()
    input_ = {"bookingSessionId": _global_id(customer), "idempotencyKey": f"k{next(numbers)}"}
    return _asking(_as(customer, growing), WIDGET["CompleteBookingSession"], {"input": input_})


async def _resume(growing: Growing) -> Ask:
    customer = await growing.customer(*THROUGH_SERVICE)
    history._kept.clear()
    variables = {"id": _global_id(customer)}
    return _asking(_as(customer, growing), WIDGET["ResumeBookingSession"], variables)


async def _dashboard(growing: Growing) -> Ask:
    return _asking(growing.site.client, ADMIN["FlowDashboard"], {"first": 10})


async def _flow_list(growing: Growing) -> Ask:
    return _asking(growing.site.client, FLOW_LIST)


async def _session_list(growing: Growing) -> Ask:
    return _asking(growing.site.client, SESSION_LIST)


async def _next_sessions(growing: Growing) -> Ask:
    page = await growing.site.client.data(SESSION_LIST)
    after = page["bookingSessions"]["pageInfo"]["endCursor"]
    return _asking(growing.site.client, SESSION_LIST, {"after": after})


async def _completed_sessions(growing: Growing) -> Ask:
    return _asking(growing.site.client, SESSION_LIST, {"filter": {"status": "COMPLETED"}})


async def _booking_list(growing: Growing) -> Ask:
    return _asking(growing.site.client, BOOKING_LIST)


def _as(customer: Customer, growing: Growing) -> ApiClient:
    return growing.site.client.with_session(customer.session_id)


def _global_id(customer: Customer) -> str:
    return encode_id(EntityType.BOOKING_SESSION, customer.session_id)


OPERATIONS = (
    Operation("boot", _boot),
    Operation("start", _start),
    Operation("record an event", _record),
    Operation("complete", _complete),
    Operation("resume", _resume),
    Operation("dashboard, 10 flows", _dashboard),
    Operation("list of flows", _flow_list),
    Operation("list of sessions", _session_list),
    Operation("its next page", _next_sessions),
    Operation("completed sessions", _completed_sessions),
    Operation("list of bookings", _booking_list),
)
