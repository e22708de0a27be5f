"""The company whose customers book: its flow, its calendar, its account at the vendor."""

import asyncio
import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from scripts.soaking.fleet import SCHEDULER
from scripts.soaking.processes import Fleet
from tests.contract.journey import Journey

PAGE = "https://harbor.example/services/hvac/repair?utm_campaign=spring-tune-up"
SCARCE_CAPACITY = 3
AMPLE_CAPACITY = 25
OPENING_HOUR, CLOSING_HOUR = 8, 18
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
CONNECT = """mutation ($input: ConnectVendorInput!) {
  connectVendor(input: $input) { vendorAccount { id } userErrors { code message path } }
}"""


@dataclass(frozen=True)
class Stage:
    """The company's keys and ids, by the names that journey.json gives them."""

    admin_key: str
    names: dict[str, Any]

    def __getitem__(self, name: str) -> str:
        return str(self.names[name])

    @property
    def service_ids(self) -> tuple[str, ...]:
        """The services that editors change."""
        return (self["acRepair"], self["acTuneUp"], self["drain"])


async def set_stage(fleet: Fleet) -> Stage:
    """Make the company, through the API."""
    return await asyncio.to_thread(_set_stage, fleet)


def _set_stage(fleet: Fleet) -> Stage:
    url = fleet.urls[0]
    admin_key = _create_organization(fleet)
    _connect_vendor(url, admin_key)
    journey = Journey(url, admin_key=admin_key, now=datetime.now(UTC))
    names = [request["send"] for request in journey.requests]
    journey.requests = journey.requests[: names.index("WidgetBoot")]
    [flow] = [each for each in journey.requests if each["send"] == "CreateBookingFlow"]
    _open_calendar(flow["variables"]["input"]["steps"])
    journey.play()
    return Stage(admin_key, journey.kept)


def _create_organization(fleet: Fleet) -> str:
    command = (SCHEDULER, "organization", "create", "--name", "Harbor Heating", "--json")
    done = subprocess.run(
        command, env=fleet.environment, capture_output=True, check=True, timeout=60
    )
    return str(json.loads(done.stdout)["apiKey"])


def _open_calendar(steps: list[dict[str, Any]]) -> None:
    """Offer room for some thousands, and first a window a day that all want and few get."""
    [step] = [each["timeslotSelection"] for each in steps if "timeslotSelection" in each]
    windows = [
        {
            "weekdays": WEEKDAYS,
            "startTime": f"{hour:02}:00",
            "endTime": f"{hour + 1:02}:00",
            "capacity": SCARCE_CAPACITY if hour == OPENING_HOUR else AMPLE_CAPACITY,
        }
        for hour in range(OPENING_HOUR, CLOSING_HOUR)
    ]
    step["typeConfig"] |= {"windows": windows, "blackoutDates": []}


def _connect_vendor(url: str, admin_key: str) -> None:
    account = {
        "vendorType": "SERVICETITAN",
        "tenantId": str(DEMO_ACCOUNT.tenant_id),
        "clientId": DEMO_ACCOUNT.client_id,
        "clientSecret": DEMO_ACCOUNT.client_secret,
        "appKey": DEMO_ACCOUNT.app_key,
        "bookingProviderId": str(DEMO_ACCOUNT.booking_provider_id),
    }
    answer = httpx.post(
        f"{url}/graphql",
        json={"query": CONNECT, "variables": {"input": account}},
        headers={"Authorization": f"Bearer {admin_key}"},
        timeout=30,
    ).json()
    if answer["data"]["connectVendor"]["userErrors"]:
        raise RuntimeError(f"the vendor cannot be connected: {answer}")
