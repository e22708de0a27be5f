"""Which pages may read an answer, by the key or token of the request."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio

from app.documents.driver import Database
from tests.access.callers import (
    ADMIN_APP,
    ELSEWHERE,
    PAGE,
    SERVER,
    Caller,
    a_server,
    an_authenticator,
    callers_of,
)
from tests.api.site import Site, a_site
from tests.issuer import TestIssuer, an_issuer

OTHER_PAGE = "https://rival.example"
BOOT = "query ($key: String!) { scheduler(publishableKey: $key) { name } }"
VIEWER = "{ viewer { role } }"
READABLE = "access-control-allow-origin"


@dataclass(frozen=True)
class Door:
    server: httpx.AsyncClient
    site: Site
    callers: dict[str, Caller]


@pytest.fixture(scope="module")
def issuer() -> Iterator[TestIssuer]:
    with an_issuer() as issuer:
        yield issuer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(database: Database, issuer: TestIssuer) -> AsyncIterator[Door]:
    site = await a_site(origins=(PAGE,))
    await a_site(origins=(OTHER_PAGE,))
    authenticator = an_authenticator(issuer)
    async with a_server(authenticator) as server:
        callers = await callers_of(site, issuer, authenticator)
        yield Door(server, site, dict(callers))


async def preflight(door: Door, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return await door.server.options("/graphql", headers=headers)


@pytest.mark.parametrize("origin", [PAGE, OTHER_PAGE, ADMIN_APP])
async def test_preflight_is_answered_for_every_page_anybody_allows(door: Door, origin: str) -> None:
    response = await preflight(door, origin)

    assert response.status_code == 204
    assert response.headers[READABLE] == origin
    assert {"authorization", "content-type", "x-organization"} <= set(
        response.headers["access-control-allow-headers"].split(", ")
    )
    assert response.headers["vary"] == "Origin"
    assert response.headers["access-control-max-age"] == "600"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        ELSEWHERE,
        "null",
        f"{PAGE}/",
        "https://harbor.example.evil.example",
        "https://sub.harbor.example",
        "http://harbor.example",
        "https://harbor.example:8443",
        "*",
    ],
)
async def test_preflight_of_any_other_page_is_refused(door: Door, origin: str) -> None:
    response = await preflight(door, origin)

    assert response.status_code == 403
    assert READABLE not in response.headers


@pytest.mark.parametrize(
    ("caller", "origin", "readable"),
    [
        ("page", PAGE, True),
        ("page", OTHER_PAGE, False),
        ("page", ELSEWHERE, False),
        ("page", "null", False),
        ("session", PAGE, True),
        ("session", OTHER_PAGE, False),
        ("session", ADMIN_APP, False),
        ("OWNER key", ADMIN_APP, True),
        ("OWNER key", OTHER_PAGE, False),
        ("OWNER key", ELSEWHERE, False),
        ("OWNER member", ADMIN_APP, True),
        ("OWNER member", ELSEWHERE, False),
        # The app must be able to read that its token has expired.
        ("expired member", ADMIN_APP, True),
        ("expired member", ELSEWHERE, False),
    ],
)
async def test_answer_can_be_read_where_its_own_key_or_token_works(
    door: Door, caller: str, origin: str, readable: bool
) -> None:
    asked = Caller(door.callers[caller].token, origin)
    query = BOOT if caller == "page" else VIEWER
    response = await door.server.post(
        "/graphql",
        json={"query": query, "variables": {"key": door.site.config.publishable_key}},
        headers=asked.headers,
    )

    assert response.headers.get(READABLE) == (origin if readable else None)
    assert "Origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


async def test_requests_of_our_own_pages_and_of_programs_are_served(door: Door) -> None:
    for origin in (None, SERVER):
        caller = Caller(door.callers["session"].token, origin)
        response = await door.server.post(
            "/graphql", json={"query": "{ __typename }"}, headers=caller.headers
        )
        assert response.json()["data"] == {"__typename": "Query"}


async def test_a_page_that_claims_two_origins_reads_nothing(door: Door) -> None:
    response = await door.server.post(
        "/graphql",
        json={"query": "{ __typename }"},
        headers=[("Origin", PAGE), ("Origin", PAGE), ("Content-Type", "application/json")],
    )

    assert READABLE not in response.headers
