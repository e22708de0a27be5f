"""A booking reaches the stand-in: every process as an operator starts it."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from tests.contract.journey import Journey
from tests.running_server import SCHEDULER, RunningServer, run_scheduler, running_server

CONNECT = """mutation ($input: ConnectVendorInput!) {
  connectVendor(input: $input) { vendorAccount { tenantId } userErrors { code path } }
}"""
BOOKINGS = "{ bookings(first: 10) { nodes { confirmationCode vendorSyncStatus vendorBookingId } } }"


@contextmanager
def stand_in_process(port: int) -> Iterator[str]:
    """Run `scheduler vendor stand-in` until the end of the block; yield its address."""
    process = subprocess.Popen([SCHEDULER, "vendor", "stand-in", "--port", str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the stand-in did not start")


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(server: RunningServer, key: str, query: str, **variables: Any) -> Any:
    answer = httpx.post(
        f"{server.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
    ).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def connect_vendor(server: RunningServer, key: str) -> None:
    names = {
        "tenantId": DEMO_ACCOUNT.tenant_id,
        "clientId": DEMO_ACCOUNT.client_id,
        "clientSecret": DEMO_ACCOUNT.client_secret,
        "appKey": DEMO_ACCOUNT.app_key,
        "bookingProviderId": DEMO_ACCOUNT.booking_provider_id,
    }
    given = {name: str(value) for name, value in names.items()}
    payload = ask(server, key, CONNECT, input={"vendorType": "SERVICETITAN", **given})
    assert payload["connectVendor"]["userErrors"] == []


def test_booking_of_a_connected_company_is_listed_by_the_stand_in_and_synced(
    tmp_path: Path,
) -> None:
    with (
        stand_in_process(a_free_port()) as vendor_url,
        running_server(
            SCHEDULER_DATA_DIR=str(tmp_path),
            SCHEDULER_VENDOR_API_URL=vendor_url,
            SCHEDULER_VENDOR_AUTH_URL=vendor_url,
        ) as server,
    ):
        key = server.create_organization()
        connect_vendor(server, key)
        journey = Journey(server.url, admin_key=key, now=datetime.now(UTC))
        journey.play()

        done = run_scheduler(["worker", "--once", "--json"], server.environment)

        bookings = ask(server, key, BOOKINGS)["bookings"]["nodes"]
        arrived = httpx.get(f"{vendor_url}/bookings").json()["bookings"]
        page = httpx.get(vendor_url, headers={"Accept": "text/html"}).text
        assert done["jobTypes"]["synced_count"] == 1
        assert [each["vendorSyncStatus"] for each in bookings] == ["SYNCED"] * len(bookings)
        assert {each["vendorBookingId"] for each in bookings} == {str(row["id"]) for row in arrived}
        assert len(arrived) == len(bookings) > 0
        assert arrived[0]["externalId"] in page


def test_port_of_the_stand_in_that_is_taken_is_one_line() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        done = subprocess.run(
            [SCHEDULER, "vendor", "stand-in", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "SCHEDULER_VENDOR_STAND_IN_PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_resealing_says_what_it_did(database_uri: str, tmp_path: Path) -> None:
    environment = {
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": f"test_{tmp_path.name}",
        "SCHEDULER_DATA_DIR": str(tmp_path),
    }

    done = subprocess.run(
        [SCHEDULER, "vendor", "reseal", "--json"],
        env=environment,
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert json.loads(done.stdout) == {"resealed_count": 0, "unreadable_count": 0}
