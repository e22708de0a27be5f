"""Subscriptions over WebSocket, and what a socket refuses."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.services.organizations import create_organization
from tests.contract.journey import Journey
from tests.domain.booking_session.builders import THROUGH_ZIP
from tests.node_scripts import NODE_SCRIPTS, find_node
from tests.running_server import RunningServer, running_server
from tests.transport.live import EVENTS_OF_SESSION, LIVE, Company, a_company, connected_to, event_of
from tests.transport.sockets import a_socket, an_initialised_socket

IDLE_SOCKETS = 300
SUBSCRIBE = '{"type": "subscribe", "id": "1", "payload": %s}'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def harbor(server: RunningServer) -> AsyncIterator[Company]:
    async with connected_to(server):
        yield await a_company("Harbor")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(server: RunningServer, harbor: Company) -> Journey:
    """The journey, played by an organization of its own."""
    _, key = await create_organization("Played", now=datetime.now(UTC))
    journey = Journey(server.url, admin_key=key, now=datetime.now(UTC))
    await asyncio.to_thread(journey.play)
    return journey


async def test_event_recorded_by_another_process_arrives(
    server: RunningServer, harbor: Company
) -> None:
    environment = {n: v for n, v in server.environment.items() if n.startswith("SCHEDULER_")}
    del environment["SCHEDULER_PORT"]
    with running_server(**environment) as other:
        async with an_initialised_socket(server.url, harbor.key) as socket:
            await socket.subscribe(LIVE)
            async with harbor.busy():
                await socket.next_data()
            journey = Journey(other.url, admin_key=harbor.key, now=datetime.now(UTC))
            await asyncio.to_thread(journey.play)
            events: list[dict[str, Any]] = []
            while not events or events[-1]["eventType"] != "SESSION_COMPLETED":
                event = event_of(await socket.next_data())
                if event["bookingSession"]["id"] != harbor.session_id:
                    events.append(event)

    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["eventType"] == "SESSION_STARTED"


async def test_organization_and_flow_bound_what_is_seen(
    server: RunningServer, harbor: Company
) -> None:
    marina = await a_company("Marina")
    filters = {"mine": marina.flow_id, "foreign": harbor.flow_id, "malformed": "no id"}
    async with an_initialised_socket(server.url, marina.key) as socket:
        for name, flow_id in filters.items():
            await socket.subscribe(LIVE, name, bookingFlowId=flow_id)
        await socket.subscribe(EVENTS_OF_SESSION, "session", id=harbor.session_id, after=0)
        received: set[tuple[str, str]] = set()
        async with harbor.busy(), marina.busy():
            for _ in range(5):
                message = await socket.receive()
                event = event_of(message["payload"]["data"])
                received.add((message["id"], event["bookingSession"]["id"]))

    assert received == {("mine", marina.session_id)}


async def test_subscription_resumes_after_a_sequence_without_a_gap(
    server: RunningServer, harbor: Company
) -> None:
    company = await a_company("Resuming")
    await company.customer.record(*THROUGH_ZIP)
    async with an_initialised_socket(server.url, company.key) as socket, company.busy():
        await socket.subscribe(EVENTS_OF_SESSION, id=company.session_id, after=1)
        sequences = [event_of(await socket.next_data())["sequence"] for _ in range(8)]

    assert sequences == list(range(2, 10))


async def test_graphql_ws_client_follows_a_session(server: RunningServer, harbor: Company) -> None:
    node = await asyncio.to_thread(find_node)
    company = await a_company("With npm")
    await company.customer.record(*THROUGH_ZIP)
    url = f"{server.url.replace('http', 'ws', 1)}/graphql"
    variables = {"id": company.session_id, "after": 0}
    request = json.dumps({"query": EVENTS_OF_SESSION, "variables": variables})

    output = await asyncio.to_thread(
        subprocess.check_output,
        [node, "subscribe.mjs", url, company.key, "2", request],
        cwd=NODE_SCRIPTS,
        timeout=30,
    )

    events = [event_of(json.loads(line)["data"]) for line in output.splitlines()]
    assert events == [
        {"sequence": 1, "eventType": "SESSION_STARTED"},
        {"sequence": 2, "eventType": "STEP_COMPLETED"},
    ]


@pytest.mark.parametrize(
    ("variables", "token", "code"),
    [
        ({}, None, "UNAUTHENTICATED"),
        ({"after": 1}, "owner", "BAD_USER_INPUT"),
        ({"id": "x", "after": -1}, "owner", "BAD_USER_INPUT"),
    ],
)
async def test_refused_subscription_is_an_error(
    server: RunningServer, harbor: Company, variables: Any, token: str | None, code: str
) -> None:
    query = EVENTS_OF_SESSION.replace("ID!", "ID")
    async with an_initialised_socket(server.url, harbor.key if token else None) as socket:
        await socket.subscribe(query, **variables)

        assert await socket.error_codes() == [code]


async def test_session_token_follows_nothing(server: RunningServer, played: Journey) -> None:
    async with an_initialised_socket(server.url, played.kept["sessionToken"]) as socket:
        await socket.subscribe(LIVE)

        assert await socket.error_codes() == ["FORBIDDEN"]


async def test_broken_document_ends_only_its_own_operation(
    server: RunningServer, harbor: Company
) -> None:
    async with an_initialised_socket(server.url, harbor.key) as socket:
        await socket.subscribe("{ nope", "broken")
        assert await socket.error_codes() == ["GRAPHQL_PARSE_FAILED"]
        await socket.subscribe("{ nope }", "broken")
        assert await socket.error_codes() == ["GRAPHQL_VALIDATION_FAILED"]
        await socket.subscribe("{ viewer { role } }", "broken")

        assert await socket.next_data() == {"viewer": {"role": "OWNER"}}
        assert await socket.receive() == {"type": "complete", "id": "broken"}


async def test_completed_subscription_is_silent_and_its_id_free(
    server: RunningServer, harbor: Company
) -> None:
    async with an_initialised_socket(server.url, harbor.key) as socket, harbor.busy():
        await socket.subscribe(LIVE)
        await socket.next_data()
        await socket.send({"type": "complete", "id": "1"})
        await socket.subscribe("{ __typename }")
        messages = [await socket.receive()]
        while messages[-1]["type"] != "complete":
            messages.append(await socket.receive())

    # What was on its way when the client ended the subscription may still arrive.
    assert messages[-2]["payload"]["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(frame, id=str(number))
        for number, frame in enumerate(
            [
                "", "nonsense", "null", "1", '"x"', "[]", "{}", b"{}", '{"type": "ping"}\0',
                '{"type": 1}', '{"type": []}', '{"type": "x"}', '{"type": "complete", "id": {}}',
                '{"type": "ping", "payload": NaN}', '{"type": "ping", "payload": "\\ud800"}',
                '{"type": "subscribe"}', '{"type": "subscribe", "id": 1, "payload": {}}',
                SUBSCRIBE % '"x"', SUBSCRIBE % "{}", SUBSCRIBE % '{"query": 1}',
                SUBSCRIBE % '{"query": "{a}", "variables": []}',
                SUBSCRIBE % '{"query": "{a}", "operationName": 1}',
                (SUBSCRIBE % '{"query": "{a}"}').replace('"1"', '""'),
                (SUBSCRIBE % '{"query": "{a}"}').replace('"1"', f'"{"x" * 101}"'),
                "[" * 60_000, '{"type": "ping", "payload": ' + "[" * 60_000,
            ]
        )
    ],
)  # fmt: skip
async def test_malformed_frame_closes_its_socket(
    server: RunningServer, harbor: Company, frame: str | bytes
) -> None:
    async with an_initialised_socket(server.url, harbor.key) as socket:
        await socket.send(frame)

        assert await socket.close_code() == 4400


@pytest.mark.parametrize(
    ("options", "messages", "code"),
    [
        ({"subprotocols": ["graphql-ws"]}, [], 4406),
        ({"subprotocols": None}, [], 4406),
        ({}, [{"type": "subscribe", "id": "1", "payload": {"query": LIVE}}], 4401),
        ({}, [{"type": "connection_init", "payload": []}], 4400),
        ({}, [{"type": "connection_init", "payload": {"Authorization": "Bearer x"}}], 4403),
        ({}, [{"type": "connection_init", "payload": {"authorization": [1]}}], 4403),
        ({}, [{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ({"origin": "https://evil.example"}, [{"type": "connection_init"}], 4403),
        ({}, ["x" * 70_000], 1009),
    ],
)
async def test_socket_is_closed_with_a_code(
    server: RunningServer, options: Any, messages: list[Any], code: int
) -> None:
    async with a_socket(server.url, **options) as socket:
        await socket.send(*messages)

        assert await socket.close_code() == code


async def test_page_of_an_origin_the_organization_allows_is_served(
    server: RunningServer, played: Journey
) -> None:
    allowed = next(
        request["variables"]["input"]["allowedOrigins"][0]
        for request in played.requests
        if request["send"] == "CreateSchedulerConfig"
    )
    for origin in (allowed, server.url):
        async with a_socket(server.url, origin=origin) as socket:
            await socket.initialise(played.admin_key)
    async with a_socket(server.url, origin=allowed) as socket:
        await socket.send({"type": "connection_init"})

        assert await socket.close_code() == 4403


async def test_second_operation_of_an_id_closes_the_socket(
    server: RunningServer, harbor: Company
) -> None:
    async with an_initialised_socket(server.url, harbor.key) as socket:
        await socket.subscribe(LIVE)
        await socket.subscribe(LIVE)

        assert await socket.close_code() == 4409


async def test_a_socket_carries_fifty_operations(server: RunningServer, harbor: Company) -> None:
    async with an_initialised_socket(server.url, harbor.key) as socket:
        for number in range(51):
            await socket.subscribe(LIVE, str(number))
        refused = await socket.receive()

        assert (refused["type"], refused["id"]) == ("error", "50")
        assert refused["payload"][0]["extensions"]["code"] == "THROTTLED"


async def test_token_of_the_opening_request_counts(server: RunningServer, harbor: Company) -> None:
    headers = {"Authorization": f"Bearer {harbor.key}"}
    async with a_socket(server.url, additional_headers=headers) as socket:
        await socket.initialise()
        await socket.subscribe("{ viewer { role } }")

        assert await socket.next_data() == {"viewer": {"role": "OWNER"}}


async def test_idle_sockets_keep_nobody_waiting(server: RunningServer, harbor: Company) -> None:
    async with AsyncExitStack() as idle:
        for _ in range(IDLE_SOCKETS):
            socket = await idle.enter_async_context(an_initialised_socket(server.url, harbor.key))
            await socket.subscribe(LIVE, bookingFlowId="of nobody")
        async with an_initialised_socket(server.url, harbor.key) as socket, harbor.busy():
            await socket.subscribe(LIVE)
            await socket.next_data()
        answer = await asyncio.to_thread(
            httpx.post, f"{server.url}/graphql", json={"query": "{ __typename }"}
        )

        assert answer.json()["data"] == {"__typename": "Query"}


async def test_server_that_stops_closes_its_sockets_so_that_clients_return(
    server: RunningServer, harbor: Company
) -> None:
    environment = {n: v for n, v in server.environment.items() if n.startswith("SCHEDULER_")}
    del environment["SCHEDULER_PORT"]
    with running_server(**environment) as stopping:
        async with an_initialised_socket(stopping.url, harbor.key) as socket, harbor.busy():
            await socket.subscribe(LIVE)
            await socket.next_data()
            stopping.process.terminate()

            # "Service restart"
            assert await socket.close_code() == 1012
        assert await asyncio.to_thread(stopping.process.wait, 10) == 0
