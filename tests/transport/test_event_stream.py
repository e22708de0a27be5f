"""Subscriptions as Server-Sent Events."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.domain.booking_session.builders import THROUGH_ZIP
from tests.running_server import RunningServer, running_server
from tests.transport.live import EVENTS_OF_SESSION, LIVE, Company, a_company, connected_to, event_of

EVENT_STREAM = {"Accept": "text/event-stream"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def harbor(server: RunningServer) -> AsyncIterator[Company]:
    async with connected_to(server):
        yield await a_company("Harbor")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def read_events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Yield each event's name and JSON; comments are passed over."""
    name = ""
    async for line in response.aiter_lines():
        field, _, value = line.partition(":")
        if field == "event":
            name = value.strip()
        elif field == "data":
            yield name, json.loads(value) if value.strip() else None


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("accept", ["text/event-stream", "application/json, text/event-stream"])
async def test_subscription_is_streamed(
    server: RunningServer, harbor: Company, method: str, accept: str
) -> None:
    company = await a_company("Streaming")
    await company.customer.record(*THROUGH_ZIP)
    variables = {"id": company.session_id, "after": 0}
    content: dict[str, Any] = {"json": {"query": EVENTS_OF_SESSION, "variables": variables}}
    if method == "GET":
        content = {"params": {"query": EVENTS_OF_SESSION, "variables": json.dumps(variables)}}
    headers = {**bearer(company.key), "Accept": accept}
    async with (
        httpx.AsyncClient() as http,
        http.stream(method, f"{server.url}/graphql", headers=headers, **content) as response,
    ):
        events = read_events(response)
        received = [await anext(events) for _ in range(2)]

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert [(name, event_of(result["data"])["sequence"]) for name, result in received] == [
        ("next", 1),
        ("next", 2),
    ]


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("{ viewer { role } }", {"viewer": {"role": "OWNER"}}),
        ("{ nope }", ["GRAPHQL_VALIDATION_FAILED"]),
    ],
)
async def test_other_operations_are_one_event(
    server: RunningServer, harbor: Company, query: str, result: Any
) -> None:
    headers = {**bearer(harbor.key), **EVENT_STREAM}
    async with httpx.AsyncClient() as http:
        response = await http.post(f"{server.url}/graphql", json={"query": query}, headers=headers)

    (name, content), end = [event async for event in read_events(response)]
    codes = [error["extensions"]["code"] for error in content.get("errors", ())]
    assert (name, content.get("data") or codes) == ("next", result)
    assert end == ("complete", None)


async def test_refused_subscription_is_an_error_and_complete(
    server: RunningServer, harbor: Company
) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.post(
            f"{server.url}/graphql", json={"query": LIVE}, headers=EVENT_STREAM
        )

    (name, content), end = [event async for event in read_events(response)]
    assert (name, content["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
    assert end == ("complete", None)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_subscription_is_refused_to_who_reads_no_stream(
    server: RunningServer, harbor: Company, method: str
) -> None:
    content: dict[str, Any] = {"json": {"query": LIVE}}
    if method == "GET":
        content = {"params": {"query": LIVE}}
    async with httpx.AsyncClient() as http:
        response = await http.request(
            method, f"{server.url}/graphql", headers=bearer(harbor.key), **content
        )

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_server_that_stops_ends_its_streams_with_unavailable(
    server: RunningServer, harbor: Company
) -> None:
    environment = {n: v for n, v in server.environment.items() if n.startswith("SCHEDULER_")}
    del environment["SCHEDULER_PORT"]
    headers = {**bearer(harbor.key), **EVENT_STREAM}
    with running_server(**environment) as stopping:
        async with (
            httpx.AsyncClient() as http,
            http.stream(
                "POST", f"{stopping.url}/graphql", headers=headers, json={"query": LIVE}
            ) as response,
        ):
            events = read_events(response)
            async with harbor.busy():
                await anext(events)
            stopping.process.terminate()
            rest = [event async for event in events]

    (name, content), end = rest[-2:]
    assert (name, content["errors"][0]["extensions"]["code"]) == ("next", "UNAVAILABLE")
    assert end == ("complete", None)
