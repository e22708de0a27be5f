from typing import Any

import httpx
import pytest

from app.servicetitan.call_policy import CallPolicy
from app.servicetitan.errors import (
    ForbiddenError,
    InvalidRequestError,
    NoAnswerError,
    NotFoundError,
    ResponseError,
    ServiceTitanError,
    UnauthorizedError,
    UnreadableResponseError,
    VendorFaultError,
)
from app.servicetitan.exchange import open_http
from app.servicetitan.problem_details import read_error
from tests.servicetitan.builders import a_client
from tests.servicetitan.running_stand_in import RunningStandIn

READ: dict[str, Any] = {"route": "get_job_type"}

PASSING = [
    ("status", {"status": 500}),
    ("status", {"status": 408}),
    ("html", {}),
    ("empty", {}),
    ("half_body", {"commits": True}),
    ("drop", {}),
    ("latency", {"seconds": 1.5}),
]


@pytest.mark.parametrize(("kind", "fault"), PASSING)
async def test_read_gets_over_a_fault_that_passes(
    stand_in: RunningStandIn, kind: str, fault: dict[str, Any]
) -> None:
    stand_in.fail(kind, remaining=1, **READ, **fault)
    async with a_client(stand_in, call_timeout_seconds=1) as client:
        job_type = await client.get_job_type(5501)
    assert job_type.name == "HVAC - AC Repair"
    assert stand_in.calls("get_job_type") == 2


LASTING: list[tuple[str, dict[str, Any], type[ServiceTitanError]]] = [
    ("status", {"status": 503}, VendorFaultError),
    ("html", {}, UnreadableResponseError),
    ("empty", {}, UnreadableResponseError),
    ("half_body", {"commits": True}, NoAnswerError),
    ("drop", {}, NoAnswerError),
]


@pytest.mark.parametrize(("kind", "fault", "error"), LASTING)
async def test_read_gives_up_after_its_attempts(
    stand_in: RunningStandIn, kind: str, fault: dict[str, Any], error: type[ServiceTitanError]
) -> None:
    stand_in.fail(kind, **READ, **fault)
    async with a_client(stand_in, attempts=3) as client:
        with pytest.raises(error):
            await client.get_job_type(5501)
    assert stand_in.calls("get_job_type") == 3


REFUSALS: list[tuple[int, type[ResponseError]]] = [
    (400, InvalidRequestError),
    (403, ForbiddenError),
    (404, NotFoundError),
    (409, ResponseError),
]


@pytest.mark.parametrize(("status", "error"), REFUSALS)
async def test_refusal_is_told_with_all_the_vendor_says_and_not_repeated(
    stand_in: RunningStandIn, status: int, error: type[ResponseError]
) -> None:
    stand_in.fail("status", status=status, title="No.", errors={"id": ["is odd"]}, **READ)
    async with a_client(stand_in) as client:
        with pytest.raises(error) as raised:
            await client.get_job_type(5501)
    refusal = raised.value
    assert (refusal.status, refusal.title) == (status, "No.")
    assert refusal.field_errors == {"id": ("is odd",)}
    assert refusal.trace_id is not None
    assert refusal.trace_id in str(refusal)
    assert stand_in.calls("get_job_type") == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[1]", b'{"errors": ["a", 1], "title": "No."}', b'{"errors": {"a": 1}}'],
)
def test_error_with_any_body_is_told_by_its_status(body: bytes) -> None:
    error = read_error(400, httpx.Headers(), body)
    assert (type(error), error.status) == (InvalidRequestError, 400)


async def test_scope_that_is_missing_is_forbidden(stand_in: RunningStandIn) -> None:
    stand_in.turn(missing_scopes=["crm"])
    async with a_client(stand_in) as client:
        await client.get_job_type(5501)
        with pytest.raises(ForbiddenError):
            await client.find_bookings("x")


async def test_redirect_is_an_error_and_not_followed(stand_in: RunningStandIn) -> None:
    elsewhere = {"Location": f"{stand_in.url}/statistics"}
    stand_in.fail("status", status=307, headers=elsewhere, **READ)
    async with a_client(stand_in) as client:
        with pytest.raises(ResponseError) as raised:
            await client.get_job_type(5501)
    assert raised.value.status == 307


async def test_body_beyond_the_bound_is_not_read(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in, max_body_bytes=300, attempts=1) as client:
        with pytest.raises(UnreadableResponseError, match="longer than 300 bytes"):
            await client.get_job_type(5501)


async def test_foreign_tenant_is_not_found(stand_in: RunningStandIn) -> None:
    async with a_client(stand_in, credentials={"tenant_id": 2}) as client:
        with pytest.raises(NotFoundError):
            await client.get_job_type(5501)


async def test_unauthorized_is_told_after_one_fresh_token(stand_in: RunningStandIn) -> None:
    stand_in.fail("status", status=401, **READ)
    async with a_client(stand_in) as client:
        with pytest.raises(UnauthorizedError):
            await client.get_job_type(5501)
    assert stand_in.calls("token") == 2


async def test_no_cookie_is_kept_to_travel_with_another_tenants_calls(
    stand_in: RunningStandIn,
) -> None:
    stand_in.fail("status", status=404, headers={"Set-Cookie": "affinity=1"}, **READ)
    async with open_http(stand_in.environment, CallPolicy()) as http:
        answer = await http.get(f"{stand_in.url}/jpm/v2/tenant/1/job-types/1")
        assert "Set-Cookie" in answer.headers
        assert list(http.cookies.jar) == []
