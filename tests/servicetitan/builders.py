"""Clients and bookings with only the fact under test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.client import ServiceTitanClient
from app.servicetitan.environment import VendorEnvironment
from app.servicetitan.exchange import open_http
from app.servicetitan.payloads.bookings import NewBooking
from tests.servicetitan.running_stand_in import RunningStandIn, demo_credentials

QUICK = {
    "call_timeout_seconds": 10,
    "backoff_initial_seconds": 0.01,
    "backoff_max_seconds": 0.02,
    "backoff_jitter_seconds": 0.01,
    "failures_to_open": 1_000,
}


class Clock:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def a_client(
    stand_in: RunningStandIn,
    *,
    clock: Clock | None = None,
    credentials: dict[str, Any] | None = None,
    api_url: str | None = None,
    **policy: Any,
) -> AsyncIterator[ServiceTitanClient]:
    """A client of the stand-in's tenant; its circuit opens only when the policy says so."""
    call_policy = CallPolicy(**(QUICK | policy))
    environment = VendorEnvironment(api_url=api_url or stand_in.url, auth_url=stand_in.url)
    async with open_http(environment, call_policy) as http:
        arguments: dict[str, Any] = {} if clock is None else {"clock": clock}
        yield ServiceTitanClient(
            http,
            environment=environment,
            credentials=demo_credentials(**(credentials or {})),
            policy=call_policy,
            **arguments,
        )


def a_booking(**changes: Any) -> NewBooking:
    """The least the vendor accepts."""
    facts: dict[str, Any] = {
        "source": "Online booking",
        "name": "Ada Vance",
        "summary": "AC repair, Monday 8 to 12",
        "is_first_time_client": True,
        "external_id": "65f0c0ffee65f0c0ffee0001",
    }
    return NewBooking(**(facts | changes))
