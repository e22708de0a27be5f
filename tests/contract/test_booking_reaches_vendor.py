"""The journey's booking on its way: server, worker and vendor as processes of their own."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from tests.contract.journey import Journey
from tests.running_server import SCHEDULER, RunningServer, running_server
from tests.servicetitan.running_stand_in import RunningStandIn, running_stand_in

T = TypeVar("T")

LONGEST_SECONDS = 60
CONNECT = """mutation ($input: ConnectVendorInput!) {
  connectVendor(input: $input) { vendorAccount { id } userErrors { code message path } }
}"""
WEBHOOK = "{ vendorWebhook { url signingKey } }"
BOOKINGS = """{ bookings(first: 5) { nodes {
  id vendorSyncStatus vendorBookingId vendorStatus vendorJobId vendorAttempts { outcome }
  answers { question answer }
} } }"""


@contextmanager
def running_worker(server: RunningServer) -> Iterator[None]:
    process = subprocess.Popen([SCHEDULER, "worker"], env=server.environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(server: RunningServer, key: str, query: str, variables: Any = None) -> Any:
    answer = httpx.post(
        f"{server.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def eventually(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        if (seen := look()) is not None:
            return seen
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def connect(server: RunningServer, key: str) -> None:
    account = {
        "vendorType": "SERVICETITAN",
        "tenantId": str(DEMO_ACCOUNT.tenant_id),
        "clientId": DEMO_ACCOUNT.client_id,
        "clientSecret": DEMO_ACCOUNT.client_secret,
        "appKey": DEMO_ACCOUNT.app_key,
        "bookingProviderId": str(DEMO_ACCOUNT.booking_provider_id),
    }
    data = ask(server, key, CONNECT, {"input": account})
    assert data["connectVendor"]["userErrors"] == []


def find_booking(server: RunningServer, key: str, **wanted: str) -> Any:
    [booking] = ask(server, key, BOOKINGS)["bookings"]["nodes"]
    is_there = all(booking[name] == value for name, value in wanted.items())
    return booking if is_there else None


def deliver_webhooks_to(server: RunningServer, key: str, stand_in: RunningStandIn) -> None:
    """Let the stand-in tell of every change twice."""
    webhook = ask(server, key, WEBHOOK)["vendorWebhook"]
    url = httpx.URL(webhook["url"]).path
    stand_in.turn(
        webhook={"url": f"{server.url}{url}", "key": webhook["signingKey"], "deliveries": 2}
    )


def test_the_journeys_booking_reaches_the_vendor_and_its_fate_comes_back(tmp_path: Path) -> None:
    with (
        running_stand_in() as stand_in,
        running_server(
            SCHEDULER_DATA_DIR=str(tmp_path),
            SCHEDULER_VENDOR_API_URL=stand_in.url,
            SCHEDULER_VENDOR_AUTH_URL=stand_in.url,
        ) as server,
        running_worker(server),
    ):
        key = server.create_organization()
        connect(server, key)
        Journey(server.url, admin_key=key, now=datetime.now(UTC)).play()

        booking = eventually(lambda: find_booking(server, key, vendorSyncStatus="SYNCED"))
        [there] = stand_in.bookings()
        deliver_webhooks_to(server, key, stand_in)
        stand_in.change_booking(there["id"], "Converted")
        eventually(lambda: find_booking(server, key, vendorStatus="CONVERTED"))

    assert booking["vendorBookingId"] == str(there["id"])
    assert booking["vendorAttempts"][0] == {"outcome": "CREATED"}
    assert booking["answers"] == [
        {"question": "What can we help you with?", "answer": "My AC is acting up"},
        {"question": "Is it cooling at all?", "answer": "No"},
        {"question": "How old is the system?", "answer": "10 years or more"},
    ]
    assert (there["name"], there["jobTypeId"]) == ("Rosa Diaz", 5501)
    summary = there["summary"].splitlines()
    assert summary[0] == "AC Repair"
    assert summary[1].endswith("8:00 AM to 12:00 PM (America/New_York)")
    assert "What can we help you with? My AC is acting up" in summary
