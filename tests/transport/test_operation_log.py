"""The one record that each operation leaves."""

import logging
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.websockets import WebSocketDisconnect

from app.api.limits.points import PointsTable
from app.api.schema import schema
from app.api.widget_boot.answers import BootAnswers
from app.services.content_generations import following_content_changes
from app.services.credentials import Authenticator
from app.transport.capacity import Capacity
from app.transport.deadlines import OperationRunner
from app.transport.graphql_view import GraphQLEndpoint
from app.transport.operation_log import OperationLog, outcome_of
from app.transport.request_ids import RequestIds, choose_request_id
from tests.api.site import PAGE, Site, a_site

BOOT = """query Boot($key: String!, $context: RoutingContextInput!) {
  scheduler(publishableKey: $key) { name bookingFlow(context: $context) { id } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(database: object) -> Site:
    return await a_site()


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with following_content_changes(), a_client(slow_ms=10**6) as client:
        yield client


def a_client(*, slow_ms: int) -> httpx.AsyncClient:
    endpoint = GraphQLEndpoint(
        schema=schema,
        authenticator=lambda: Authenticator(b"t" * 32),
        public_url=None,
        render_page=None,
        offers_introspection=True,
        points=PointsTable(0),
        capacity=Capacity(10),
        runner=OperationRunner(30),
        boot_answers=BootAnswers(schema),
        log=OperationLog(slow_ms=slow_ms),
    )
    app = Starlette(
        routes=[Route("/graphql", endpoint.serve, methods=["GET", "POST"])],
        middleware=[Middleware(RequestIds)],
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


def fields_of(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """Return the only record of an operation since the last time."""
    [record] = [each for each in caplog.records if each.name == "app.transport.operation_log"]
    caplog.clear()
    return {"event": record.getMessage(), "level": record.levelno, **vars(record)}


@pytest.fixture(autouse=True)
def _records(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


async def test_answer_kept_from_before_leaves_the_record_of_one_that_was_executed(
    http: httpx.AsyncClient, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    variables = {"key": site.config.publishable_key, "context": {"url": PAGE}}
    request_id = str(uuid.uuid4())
    seen = []
    for _ in range(3):
        answer = await http.post(
            "/graphql",
            json={"query": BOOT, "variables": variables},
            headers={"X-Request-Id": request_id},
        )
        assert answer.headers["X-Request-Id"] == request_id
        seen.append(fields_of(caplog))
    first, last = seen[0], seen[-1]
    for name in ("event", "level", "operation", "outcome", "cost", "organization_id", "request_id"):
        assert first[name] == last[name]
    assert (first["event"], first["operation"], first["outcome"]) == ("operation", "Boot", "OK")
    assert first["request_id"] == request_id
    assert first["cost"] > 0
    assert first["database_commands"] > last["database_commands"]
    assert first["database_ms"] > 0


@pytest.mark.parametrize(
    ("content", "operation", "outcome"),
    [
        ({"query": "query Garbage {"}, None, "GRAPHQL_PARSE_FAILED"),
        ({"query": "query Unknown { unknown }"}, None, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": 'query Node { node(id: "x") { id } }'}, "Node", "UNAUTHENTICATED"),
        (
            {
                "query": "query A { viewer { __typename } } query B { viewer { __typename } }",
                "operationName": "B",
            },
            "B",
            "OK",
        ),
        (
            {"query": "query A { viewer { __typename } }", "operationName": "Zebulon"},
            None,
            "BAD_REQUEST",
        ),
        ({"query": "{ viewer { __typename } }"}, None, "OK"),
        ([], None, "BAD_REQUEST"),
    ],
)
async def test_only_names_that_valid_documents_have_are_told(
    http: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
    content: object,
    operation: str | None,
    outcome: str,
) -> None:
    await http.post("/graphql", json=content)
    fields = fields_of(caplog)
    assert (fields["operation"], fields["outcome"]) == (operation, outcome)


async def test_slow_operation_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    async with a_client(slow_ms=0) as http:
        await http.post("/graphql", json={"query": "query Slow { viewer { __typename } }"})
    fields = fields_of(caplog)
    assert (fields["event"], fields["level"]) == ("slow operation", logging.WARNING)


@pytest.mark.parametrize(
    ("claimed", "is_taken"),
    [
        ("10cfa27d6a3e497f873f5aa050a1ef51", True),
        ("0e4f6a1c-8d7e-4f0b-9a51-2f3c4d5e6f70", True),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", True),
        ("5550147733", False),
        ("4111-1111-1111-1111", False),
        ("zebulon-appleseed-of-harbor", False),
        ("a" * 65, False),
        ("", False),
        ("0e4f6a1c-8d7e-4f0b-9a51-2f3c4d5e6f70\n", False),
    ],
)
def test_request_id_of_the_caller_is_taken_over_only_when_it_can_be_nothing_else(
    claimed: str, is_taken: bool
) -> None:
    chosen = choose_request_id(claimed)
    assert (chosen == claimed) is is_taken
    assert is_taken or re.fullmatch("[0-9a-f]{32}", chosen)


def test_outcome_of_a_refused_mutation_is_its_code_and_never_another_field_called_code() -> None:
    def content(code: str) -> dict[str, Any]:
        return {"data": {"x": {"userErrors": [{"code": code}]}}}

    assert outcome_of(content("NOT_FOUND")) == "NOT_FOUND"
    assert outcome_of(content("Zebulon is no first name.")) == "REFUSED"
    assert outcome_of({"data": {"x": {"userErrors": []}}}) == "OK"
    assert outcome_of({"data": None}) == "OK"


async def test_socket_that_closes_before_the_answer_is_a_client_gone_and_no_fault_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", OperationLog.__module__)
    with pytest.raises(WebSocketDisconnect), OperationLog().operation():
        raise WebSocketDisconnect

    assert fields_of(caplog)["outcome"] == "CLIENT_GONE"
