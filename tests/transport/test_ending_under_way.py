"""What is under way when a server is told to stop, or when its event loop hangs."""

import signal
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.ids import EntityType, encode_id
from app.cli.serve import GRACE_SECONDS
from tests.domain.booking_session.builders import DETAILS
from tests.patient_client import RECORD
from tests.running_server import running_server
from tests.transport.live import EVENTS_OF_SESSION, Company, a_company, connected_to, event_of
from tests.transport.sockets import an_initialised_socket
from tests.transport.test_event_stream import EVENT_STREAM, bearer, read_events
from tests.transport.test_stopping import SERVER_RESTARTS

MUTATIONS = 10
EVENTS_PER_MUTATION = 100


@pytest.fixture
def settings(database_uri: str, tmp_path: Path) -> dict[str, str]:
    return {
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": f"test_{uuid.uuid4().hex}",
        "SCHEDULER_DATA_DIR": str(tmp_path),
    }


def a_batch(company: Company, number: int) -> dict[str, Any]:
    place = company.customer.place
    step_id = encode_id(EntityType.BOOKING_FLOW_STEP, place.step_ids[DETAILS])
    update = {"fieldUpdated": {"field": "notes", "value": "call first"}}
    return {
        "bookingSessionId": company.session_id,
        "events": [
            {"clientEventId": f"{number}-{position}", "stepId": step_id, "data": update}
            for position in range(EVENTS_PER_MUTATION)
        ],
    }


async def test_mutations_under_way_on_a_socket_are_answered_before_it_closes_for_a_return(
    settings: dict[str, str],
) -> None:
    with running_server(**settings) as server:
        async with connected_to(server):
            company = await a_company("Harbor")
            async with an_initialised_socket(server.url, company.key) as socket:
                # One session's batches are stored one after the other.
                for number in range(MUTATIONS):
                    await socket.subscribe(RECORD, str(number), input=a_batch(company, number))
                messages = [await socket.receive()]
                server.process.send_signal(signal.SIGTERM)
                while len(messages) < 2 * MUTATIONS:
                    messages.append(await socket.receive())
                assert await socket.close_code() == SERVER_RESTARTS
            events = await company.customer.events()
        # A second signal would kill it at the very end, when it listens to none any more.
        returncode = server.process.wait(timeout=30)

    assert returncode == 0
    kinds = Counter((message["id"], message["type"]) for message in messages)
    assert kinds == {
        (str(number), kind): 1 for number in range(MUTATIONS) for kind in ("next", "complete")
    }
    results = [
        result
        for message in messages
        if message["type"] == "next"
        for result in message["payload"]["data"]["recordBookingSessionEvents"]["results"]
    ]
    acknowledged = {result["event"]["sequence"]: result["clientEventId"] for result in results}
    stored = {event.sequence: event.client_event_id for event in events[1:]}
    assert acknowledged == stored
    assert len(stored) == MUTATIONS * EVENTS_PER_MUTATION


async def test_stream_cut_by_a_restart_goes_on_after_the_last_event_received(
    settings: dict[str, str],
) -> None:
    received: list[int] = []

    async def follow(server_url: str, key: str, session_id: str, *, enough: int) -> list[Any]:
        """Return what comes after the events; stop reading once there are enough of those."""
        after = received[-1] if received else 0
        body = {"query": EVENTS_OF_SESSION, "variables": {"id": session_id, "after": after}}
        headers = {**bearer(key), **EVENT_STREAM}
        others = []
        async with (
            httpx.AsyncClient(timeout=30) as http,
            http.stream("POST", f"{server_url}/graphql", headers=headers, json=body) as response,
        ):
            async for name, content in read_events(response):
                if name == "next" and content.get("data"):
                    received.append(event_of(content["data"])["sequence"])
                else:
                    others.append((name, content))
                if len(received) == 3:
                    first.process.send_signal(signal.SIGTERM)
                if len(received) >= enough:
                    break
        return others

    with running_server(**settings) as first:
        async with connected_to(first):
            company = await a_company("Harbor")
            async with company.busy():
                ended = await follow(first.url, company.key, company.session_id, enough=10**6)
                with running_server(**settings) as second:
                    again = len(received) + 5
                    await follow(second.url, company.key, company.session_id, enough=again)

    assert [name for name, _ in ended] == ["next", "complete"]
    assert ended[0][1]["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert received == list(range(1, again + 1))
    assert first.process.wait(GRACE_SECONDS) == 0


def test_livez_answers_nothing_while_the_event_loop_hangs_and_the_hanging_is_logged(
    settings: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    application = "tests.transport.hanging:create_app"
    with running_server(application=application, log=str(log), **settings) as server:
        assert httpx.get(f"{server.url}/livez").json() == {"status": "alive"}
        with pytest.raises(httpx.TimeoutException):
            httpx.get(f"{server.url}/hang", timeout=0.3)

        with pytest.raises(httpx.TimeoutException):
            httpx.get(f"{server.url}/livez", timeout=1.5)

        assert httpx.get(f"{server.url}/livez", timeout=30).status_code == httpx.codes.OK

    assert "the event loop has been blocked for" in log.read_text()
