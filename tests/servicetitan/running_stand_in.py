"""The stand-in behind a real socket, and its knobs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from app.servicetitan.environment import VendorCredentials, VendorEnvironment
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from app.transport.vendor_stand_in.application import create_stand_in
from app.transport.vendor_stand_in.serving import stand_in_server

PROVIDER_ID = DEMO_ACCOUNT.booking_provider_id


class RunningStandIn:
    """Turns the knobs of a running stand-in and looks inside it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = VendorEnvironment(api_url=url, auth_url=url)
        self._http = httpx.Client(base_url=url)

    def turn(self, **knobs: Any) -> None:
        """Set the knobs given, and all others back."""
        answer = self._http.put("/knobs", json=knobs)
        assert answer.status_code == 200, answer.text

    def fail(self, kind: str, **fault: Any) -> None:
        """Let one kind of fault befall calls."""
        self.turn(faults=[{"kind": kind, **fault}])

    def reset(self) -> None:
        """Forget everything."""
        self._http.post("/reset").raise_for_status()

    def change_job_type(self, job_type_id: int, **changes: Any) -> None:
        """Change, create or remove a job type."""
        self._http.put("/job-types", json={"id": job_type_id, **changes}).raise_for_status()

    def change_booking(self, booking_id: int, status: str) -> None:
        """Set the status of a booking as the company's office would."""
        self._http.put(f"/bookings/{booking_id}", json={"status": status}).raise_for_status()

    def bookings(self) -> list[dict[str, Any]]:
        """Return every booking the stand-in holds."""
        rows: list[dict[str, Any]] = self._http.get("/bookings").json()["bookings"]
        return rows

    def attributions(self) -> list[dict[str, Any]]:
        """Return every attribution the stand-in holds."""
        rows: list[dict[str, Any]] = self._http.get("/attributions").json()["attributions"]
        return rows

    def calls(self, route: str) -> int:
        """Return how many calls of a route came in."""
        return int(self.statistics()["calls"][route])

    def statistics(self) -> dict[str, Any]:
        """Return all counts."""
        counts: dict[str, Any] = self._http.get("/statistics").json()
        return counts

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def demo_credentials(**changes: Any) -> VendorCredentials:
    """Return the credentials of the stand-in's tenant."""
    names = ("tenant_id", "client_id", "client_secret", "app_key")
    return VendorCredentials(**{name: getattr(DEMO_ACCOUNT, name) for name in names} | changes)


@contextmanager
def running_stand_in() -> Iterator[RunningStandIn]:
    """Run a stand-in on a free port until the end of the block."""
    server = stand_in_server(create_stand_in(), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    stand_in = RunningStandIn(f"http://127.0.0.1:{port}")
    try:
        yield stand_in
    finally:
        stand_in.close()
        server.should_exit = True
        thread.join(timeout=10)
