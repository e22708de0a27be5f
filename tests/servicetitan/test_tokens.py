import asyncio

import pytest

from app.servicetitan.errors import TokenRefusedError, TokenUnavailableError, UnauthorizedError
from tests.servicetitan.builders import Clock, a_booking, a_client
from tests.servicetitan.running_stand_in import PROVIDER_ID, RunningStandIn


async def test_fifty_concurrent_calls_share_one_token_request(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in) as client:
        await asyncio.gather(*(client.get_job_type(5501) for _ in range(50)))
    assert stand_in.calls("token") == 1
    assert stand_in.calls("get_job_type") == 50


async def test_token_is_renewed_a_minute_before_it_expires(stand_in: RunningStandIn) -> None:
    clock = Clock()
    async with a_client(stand_in, clock=clock) as client:
        await client.get_job_type(5501)
        clock.now += 839
        await client.get_job_type(5501)
        assert stand_in.calls("token") == 1
        clock.now += 1
        await client.get_job_type(5501)
    assert stand_in.calls("token") == 2
    assert stand_in.calls("get_job_type") == 3  # None was refused and repeated.


async def test_short_lived_token_is_renewed_before_a_fifth_of_its_life_is_left(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(token_lifetime_seconds=100)
    clock = Clock()
    async with a_client(stand_in, clock=clock) as client:
        await client.get_job_type(5501)
        clock.now += 79
        await client.get_job_type(5501)
        assert stand_in.calls("token") == 1
        clock.now += 1
        await client.get_job_type(5501)
    assert stand_in.calls("token") == 2


async def test_token_withdrawn_before_its_time_is_replaced_and_the_create_goes_through_once(
    stand_in: RunningStandIn,
) -> None:
    stand_in.turn(token_lifetime_seconds=0.2)
    async with a_client(stand_in, clock=Clock()) as client:
        await client.get_job_type(5501)
        await asyncio.sleep(0.25)  # The client's own clock stands still: it trusts the token.
        stand_in.turn(token_lifetime_seconds=900)
        await client.create_booking(PROVIDER_ID, a_booking())
    assert stand_in.calls("token") == 2
    assert len(stand_in.bookings()) == 1


async def test_call_refused_with_a_fresh_token_is_not_repeated_for_ever(
    stand_in: RunningStandIn,
) -> None:
    async with a_client(stand_in, credentials={"app_key": "wrong"}) as client:
        with pytest.raises(UnauthorizedError) as raised:
            await client.get_job_type(5501)
    assert raised.value.title == "Application key not present, check ST-App-Key header value."
    assert stand_in.calls("get_job_type") == 2


async def test_wrong_credentials_are_refused_without_a_retry(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in, credentials={"client_secret": "wrong"}) as client:
        with pytest.raises(TokenRefusedError) as raised:
            await client.create_booking(PROVIDER_ID, a_booking())
    assert raised.value.code == "invalid_client"
    assert stand_in.calls("token") == 1
    assert stand_in.bookings() == []


async def test_failing_token_host_leaves_no_doubt_about_a_create(stand_in: RunningStandIn) -> None:
    stand_in.fail("status", route="token", status=503, remaining=2)
    async with a_client(stand_in) as client:
        await client.create_booking(PROVIDER_ID, a_booking())
    assert stand_in.calls("token") == 3
    assert len(stand_in.bookings()) == 1


async def test_failed_token_request_fails_all_who_waited_and_the_next_caller_asks_again(
    stand_in: RunningStandIn,
) -> None:
    stand_in.fail("status", route="token", status=503, remaining=1)
    async with a_client(stand_in, attempts=1) as client:
        calls = (client.get_job_type(5501) for _ in range(10))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {TokenUnavailableError}
        assert stand_in.calls("token") == 1
        await client.get_job_type(5501)


async def test_caller_that_gives_up_does_not_take_the_token_from_the_others(
    stand_in: RunningStandIn,
) -> None:
    stand_in.fail("latency", route="token", seconds=0.2)
    async with a_client(stand_in) as client:
        first, second = (asyncio.create_task(client.get_job_type(5501)) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        await second
    assert first.cancelled()
    assert stand_in.calls("token") == 1
