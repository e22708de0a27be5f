"""What the endpoint refuses, ends or lets run on, and with which status."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route

from app.api.limits.bounds import MAX_COST
from app.api.limits.points import PointsTable
from app.api.operation_limits import OperationLimits
from app.services.credentials import Authenticator
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.graphql_view import GraphQLEndpoint

SHORT_SECONDS = 0.05


class Work:
    """Something slow that tells how far it came; `gate` lets it finish."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.began = asyncio.Event()
        self.ended: list[str] = []

    async def do(self) -> bool:
        self.began.set()
        try:
            await self.gate.wait()
            self.ended.append("finished")
        except asyncio.CancelledError:
            self.ended.append("stopped")
            raise
        return True


work: Work


@strawberry.type
class Query:
    @strawberry.field
    async def slow(self) -> bool:
        return await work.do()

    @strawberry.field
    async def fast(self) -> bool:
        return True


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self) -> bool:
        return await work.do()


SLOW_SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, extensions=[OperationLimits])


@pytest_asyncio.fixture(autouse=True)
async def new_work() -> AsyncIterator[None]:
    global work  # noqa: PLW0603
    work = Work()
    yield
    work.gate.set()


def an_endpoint(
    *,
    deadline_seconds: float = 30,
    places: int = 10,
    points: PointsTable | None = None,
    offers_introspection: bool = True,
) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        schema=SLOW_SCHEMA,
        authenticator=lambda: Authenticator(b"t" * 32),
        public_url=None,
        render_page=None,
        offers_introspection=offers_introspection,
        points=points or PointsTable(0),
        capacity=Capacity(places),
        runner=OperationRunner(deadline_seconds),
    )


async def post(
    endpoint: GraphQLEndpoint, query: str, *, client: str = "10.0.0.1", **headers: str
) -> httpx.Response:
    app = Starlette(routes=[Route("/graphql", endpoint.serve, methods=["POST"])])
    transport = httpx.ASGITransport(app=app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post("/graphql", json={"query": query}, headers=headers)


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


async def test_query_is_stopped_at_its_deadline() -> None:
    response = await post(an_endpoint(deadline_seconds=SHORT_SECONDS), "{ slow }")

    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])
    assert response.json()["extensions"]["cost"]["requested"] == 1
    await asyncio.sleep(0)
    assert work.ended == ["stopped"]


async def test_mutation_finishes_after_its_deadline() -> None:
    endpoint = an_endpoint(deadline_seconds=SHORT_SECONDS)

    response = await post(endpoint, "mutation { change }")
    work.gate.set()
    await endpoint.runner.wait_for_unfinished()

    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])
    assert work.ended == ["finished"]


@pytest.mark.parametrize(
    ("query", "end"), [("{ slow }", "stopped"), ("mutation { change }", "finished")]
)
async def test_disconnect_stops_a_query_and_no_mutation(query: str, end: str) -> None:
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    endpoint = an_endpoint()
    app = Starlette(routes=[Route("/graphql", endpoint.serve, methods=["POST"])])
    body = f'{{"query": "{query}"}}'.encode()
    messages.put_nowait({"type": "http.request", "body": body, "more_body": False})
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "query_string": b"",
        "headers": [(b"content-type", b"application/json")], "client": None,
        "scheme": "http", "server": ("test", 80), "root_path": "",
    }  # fmt: skip

    async def send(_: Any) -> None:
        pass

    serving = asyncio.create_task(app(scope, messages.get, send))
    await work.began.wait()
    messages.put_nowait({"type": "http.disconnect"})
    await asyncio.sleep(0.01)
    work.gate.set()
    await serving

    assert work.ended == [end]


async def test_operation_beyond_capacity_is_refused_at_once() -> None:
    endpoint = an_endpoint(places=1)
    holding = asyncio.create_task(post(endpoint, "{ slow }"))
    await work.began.wait()

    refused = await post(endpoint, "{ fast }")
    work.gate.set()
    await holding
    served = await post(endpoint, "{ fast }")

    assert (refused.status_code, codes(refused)) == (503, ["UNAVAILABLE"])
    assert refused.headers["retry-after"] == "1"
    assert served.json()["data"] == {"fast": True}


async def test_address_without_points_is_throttled_and_others_are_not() -> None:
    points = PointsTable(1)
    endpoint = an_endpoint(points=points)
    left = (await post(endpoint, "{ fast }")).json()["extensions"]["cost"]["currentlyAvailable"]
    points.take(("network", "10.0.0.1"), left, at_seconds=time.monotonic())

    throttled = await post(endpoint, "{ fast }")
    other = await post(endpoint, "{ fast }", client="10.0.0.2")

    assert (throttled.status_code, codes(throttled)) == (429, ["THROTTLED"])
    assert 30 < int(throttled.headers["retry-after"]) <= 60
    assert "data" not in throttled.json()
    assert throttled.json()["extensions"]["cost"]["currentlyAvailable"] == 0
    assert other.json()["data"] == {"fast": True}


async def test_addresses_of_one_ipv6_network_share_their_points() -> None:
    endpoint = an_endpoint(points=PointsTable(1))

    async def available(client: str) -> int:
        response = await post(endpoint, "{ __typename }", client=client)
        return int(response.json()["extensions"]["cost"]["currentlyAvailable"])

    first = await available("2001:db8:0:1::1")

    assert await available("2001:db8:0:1:ffff::2") == first - 1
    assert await available("2001:db8:0:2::1") >= first


async def test_unknown_tokens_are_paid_for_by_the_address() -> None:
    endpoint = an_endpoint(points=PointsTable(1))

    response = await post(endpoint, "{ fast }", Authorization="Bearer wst_x.y")

    assert response.status_code == 401
    assert response.json()["extensions"]["cost"]["currentlyAvailable"] == MAX_COST - 1


async def test_suggestions_are_left_out_where_introspection_is_off() -> None:
    query = "{ fasd }"

    spoken = await post(an_endpoint(), query)
    silent = await post(an_endpoint(offers_introspection=False), query)

    (with_suggestion,), (without,) = (r.json()["errors"] for r in (spoken, silent))
    assert (
        with_suggestion["message"]
        == "Cannot query field 'fasd' on type 'Query'. Did you mean 'fast'?"
    )
    assert without["message"] == "Cannot query field 'fasd' on type 'Query'."
