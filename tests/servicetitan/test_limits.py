import asyncio
import time

import httpx
import pytest

from app.servicetitan.call_budget import CallBudget
from app.servicetitan.call_policy import VENDOR_CALLS_PER_SECOND
from app.servicetitan.errors import (
    BudgetPausedError,
    CircuitOpenError,
    NotFoundError,
    RateLimitedError,
    ServiceTitanError,
    VendorFaultError,
)
from app.servicetitan.problem_details import read_retry_after
from tests.servicetitan.builders import Clock, a_booking, a_client
from tests.servicetitan.running_stand_in import PROVIDER_ID, RunningStandIn


async def test_burst_of_calls_never_exceeds_the_vendors_limit_in_any_second(
    stand_in: RunningStandIn,
) -> None:
    async with a_client(stand_in) as client:
        await asyncio.gather(*(client.get_job_type(5501) for _ in range(130)))
    statistics = stand_in.statistics()
    assert statistics["rate_limited"] == 0
    # It uses the budget, too: a client that idles would never exceed it.
    assert 20 < statistics["peak_calls_per_second"] <= VENDOR_CALLS_PER_SECOND


async def test_calls_over_the_limit_wait_as_long_as_the_vendor_says_and_all_succeed(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(calls_per_second=10, retry_after_seconds=1)
    async with a_client(stand_in, calls_per_second=20, attempts=10) as client:
        names = await asyncio.gather(*(client.get_job_type(5501) for _ in range(30)))
    assert len(names) == 30
    statistics = stand_in.statistics()
    refused = statistics["rate_limited"]
    assert 0 < refused < 30
    assert statistics["calls"]["get_job_type"] == 30 + refused


async def test_one_refusal_makes_every_call_of_the_tenant_wait(stand_in: RunningStandIn) -> None:
    headers = {"Retry-After": "1"}
    stand_in.fail("status", status=429, headers=headers, route="get_job_type", remaining=1)
    async with a_client(stand_in, attempts=1) as client:
        with pytest.raises(RateLimitedError) as raised:
            await client.get_job_type(5501)
        refused_at = time.monotonic()
        await client.find_bookings("x")
        waited_seconds = time.monotonic() - refused_at
    assert raised.value.retry_after_seconds == 1
    assert waited_seconds > 0.9


async def test_pause_holds_calls_that_already_stand_in_line() -> None:
    budget = CallBudget(calls_per_second=20, max_wait_seconds=10, clock=time.monotonic)
    calls = [asyncio.create_task(budget.acquire()) for _ in range(4)]
    await asyncio.sleep(0)
    budget.pause(0.3)
    paused_at = time.monotonic()
    await asyncio.gather(*calls[:3])  # The burst was let in before the pause.
    await calls[3]
    assert time.monotonic() - paused_at >= 0.3


async def test_wait_longer_than_a_call_may_take_is_told_at_once(stand_in: RunningStandIn) -> None:
    headers = {"Retry-After": "600"}
    stand_in.fail("status", status=429, headers=headers, remaining=1, route="create_booking")
    async with a_client(stand_in, clock=Clock()) as client:
        with pytest.raises(RateLimitedError) as raised:
            await client.create_booking(PROVIDER_ID, a_booking())
        with pytest.raises(BudgetPausedError) as paused:
            await client.get_job_type(5501)
    assert raised.value.retry_after_seconds == 600
    assert paused.value.retry_after_seconds == 600
    assert stand_in.bookings() == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        (
            {
                "Retry-After": "Mon, 02 Mar 2026 08:00:30 GMT",
                "Date": "Mon, 02 Mar 2026 08:00:00 GMT",
            },
            30,
        ),
        (
            {
                "Retry-After": "Mon, 02 Mar 2026 07:00:00 GMT",
                "Date": "Mon, 02 Mar 2026 08:00:00 GMT",
            },
            0,
        ),
        ({"Retry-After": "Mon, 02 Mar 2026 08:00:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert read_retry_after(httpx.Headers(headers)) == seconds


async def test_circuit_opens_after_failures_in_a_row_and_closes_after_a_good_probe(
    stand_in: RunningStandIn,
) -> None:
    stand_in.fail("status", status=503, route="get_job_type", remaining=3)
    clock = Clock()
    async with a_client(
        stand_in, clock=clock, attempts=1, failures_to_open=3, rest_seconds=30
    ) as client:
        for _ in range(3):
            with pytest.raises(VendorFaultError):
                await client.get_job_type(5501)
        clock.now += 29
        with pytest.raises(CircuitOpenError) as raised:
            await client.get_job_type(5501)
        assert raised.value.retry_after_seconds == 1
        assert stand_in.calls("get_job_type") == 3
        clock.now += 1
        await client.get_job_type(5501)
        await client.get_job_type(5501)
    assert stand_in.calls("get_job_type") == 5


async def test_bad_probe_lets_the_calls_rest_again(stand_in: RunningStandIn) -> None:
    stand_in.fail("drop", route="get_job_type")
    clock = Clock()
    async with a_client(
        stand_in, clock=clock, attempts=1, failures_to_open=2, rest_seconds=30
    ) as client:
        for rest in (0, 0, 30):
            clock.now += rest
            with pytest.raises(ServiceTitanError, match="connection failed"):
                await client.get_job_type(5501)
        clock.now += 29
        with pytest.raises(CircuitOpenError):
            await client.get_job_type(5501)
    assert stand_in.calls("get_job_type") == 3


async def test_only_one_call_probes_a_circuit_and_a_cancelled_probe_frees_its_place(
    stand_in: RunningStandIn,
) -> None:
    stand_in.fail("status", status=503, route="get_job_type", remaining=1)
    clock = Clock()
    async with a_client(
        stand_in, clock=clock, attempts=1, failures_to_open=1, rest_seconds=30
    ) as client:
        with pytest.raises(VendorFaultError):
            await client.get_job_type(5501)
        clock.now += 30
        stand_in.turn(latency_seconds=0.3)
        probe = asyncio.create_task(client.get_job_type(5501))
        await asyncio.sleep(0.03)
        with pytest.raises(CircuitOpenError):
            await client.get_job_type(5501)
        probe.cancel()
        await asyncio.wait([probe])
        outcomes = await asyncio.gather(
            *(client.get_job_type(5501) for _ in range(5)), return_exceptions=True
        )
    assert [isinstance(outcome, CircuitOpenError) for outcome in outcomes].count(False) == 1


async def test_refusals_do_not_open_the_circuit(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in, failures_to_open=2) as client:
        for _ in range(3):
            with pytest.raises(NotFoundError):
                await client.get_job_type(1)
    assert stand_in.calls("get_job_type") == 3


async def test_failure_of_one_tenant_does_not_rest_another(stand_in: RunningStandIn) -> None:
    stand_in.fail("status", status=503, route="get_job_type", remaining=1)
    async with (
        a_client(stand_in, attempts=1, failures_to_open=1) as unwell,
        a_client(stand_in, attempts=1, failures_to_open=1) as well,
    ):
        with pytest.raises(VendorFaultError):
            await unwell.get_job_type(5501)
        with pytest.raises(CircuitOpenError):
            await unwell.get_job_type(5501)
        await well.get_job_type(5501)
