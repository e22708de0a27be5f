"""Every route that pages of other sites may use tells them so, and by the same rule."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.domain.access import Role
from app.services.organizations import create_api_key
from tests.api.sessions import organization_of
from tests.api.site import a_site
from tests.running_server import RunningServer, running_server
from tests.transport.live import LIVE, connected_to

ADMIN_APP = "https://admin.example"
PAGE, OTHER_PAGE = "https://harbor.example", "https://rival.example"
ELSEWHERE = "https://elsewhere.example"
READABLE = "access-control-allow-origin"
RANGE = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
STREAM = {"Accept": "text/event-stream"}
EXPORT = """query ($range: DateTimeRangeInput!) {
  exportAnalytics(kind: PROGRESSION, range: $range) { files { url } } }"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@dataclass(frozen=True)
class Door:
    """A server that the admin app and an organization's own page may use, and that page's key."""

    url: str
    key: str

    async def link(self) -> str:
        """Return the path and query of an export that the key has asked for."""
        body = {"query": EXPORT, "variables": {"range": RANGE}}
        headers = {"Authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(base_url=self.url) as http:
            answer = (await http.post("/graphql", json=body, headers=headers)).json()
        url = httpx.URL(answer["data"]["exportAnalytics"]["files"][0]["url"])
        return url.raw_path.decode()

    async def requests(self) -> dict[str, dict[str, Any]]:
        """Return a request to each route, by a name that says which."""
        bearer = {"Authorization": f"Bearer {self.key}"}
        viewer = {"query": "{ viewer { role } }"}
        graphql, stream = {"url": "/graphql"}, {**bearer, **STREAM}
        export = f"/exports/progression.csv?from={RANGE['from']}&to={RANGE['to']}"
        return {
            "operation": {"method": "POST", **graphql, "json": viewer, "headers": bearer},
            "stream": {"method": "POST", **graphql, "json": viewer, "headers": stream},
            "subscription": {
                "method": "GET", **graphql, "params": {"query": LIVE}, "headers": stream,
            },
            "upload": {"method": "POST", "url": "/files", "content": SVG,
                       "headers": {**bearer, "Content-Type": "image/svg+xml"}},
            "export": {"method": "GET", "url": export, "headers": bearer},
            "export by a link": {"method": "GET", "url": await self.link(), "headers": {}},
        }  # fmt: skip

    async def headers(self, request: dict[str, Any], origin: str) -> tuple[int, httpx.Headers]:
        """Send a request from a page, and return status and headers without reading on."""
        sent = {**request, "headers": {**request["headers"], "Origin": origin}}
        async with (
            httpx.AsyncClient(base_url=self.url) as http,
            http.stream(**sent) as answer,
        ):
            return answer.status_code, answer.headers


@pytest.fixture(scope="module")
def running(database_uri: str) -> Iterator[RunningServer]:
    with running_server(
        SCHEDULER_MONGODB_URI=database_uri,
        SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}",
        SCHEDULER_ADMIN_ORIGINS=ADMIN_APP,
    ) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(running: RunningServer) -> AsyncIterator[Door]:
    async with connected_to(running):
        site = await a_site(origins=(PAGE,))
        await a_site(origins=(OTHER_PAGE,))
        owner = organization_of(site.client)
        _, key = await create_api_key(owner, name="app", role=Role.EDITOR, now=datetime.now(UTC))
        yield Door(running.url, key)


async def test_answers_can_be_read_by_the_pages_of_the_key_and_by_no_other(door: Door) -> None:
    origins = (ADMIN_APP, PAGE, OTHER_PAGE, ELSEWHERE, "null")
    requests = await door.requests()
    found = {}
    for name, request in requests.items():
        for origin in origins:
            status, headers = await door.headers(request, origin)
            assert (status < 300, "Origin" in headers["vary"]) == (True, True), (name, status)
            assert "access-control-allow-credentials" not in headers
            found[name, origin] = headers.get(READABLE)

    assert found == {
        (name, origin): origin if origin in {ADMIN_APP, PAGE} else None
        for name in requests
        for origin in origins
    }


@pytest.mark.parametrize("path", ["/graphql", "/files", "/exports/sessions.csv"])
async def test_preflight_is_answered_on_every_route(door: Door, path: str) -> None:
    answers = {}
    for origin in (ADMIN_APP, PAGE, ELSEWHERE):
        async with httpx.AsyncClient(base_url=door.url) as http:
            answer = await http.options(
                path,
                headers={
                    "Origin": origin,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "authorization,content-type",
                },
            )
        answers[origin] = answer.status_code, answer.headers.get(READABLE)

    assert answers == {ADMIN_APP: (204, ADMIN_APP), PAGE: (204, PAGE), ELSEWHERE: (403, None)}


async def test_refusals_can_be_read_and_files_be_named_by_the_admin_app(door: Door) -> None:
    requests = await door.requests()
    refused = {"method": "GET", "url": "/exports/sessions.csv", "headers": {}}

    status, headers = await door.headers(refused, ADMIN_APP)
    _, of_file = await door.headers(requests["export"], ADMIN_APP)

    assert (status, headers[READABLE]) == (401, ADMIN_APP)
    assert "Content-Disposition" in of_file["access-control-expose-headers"]
    assert "progression-2026-11-01" in of_file["content-disposition"]


async def test_uploaded_file_is_for_every_page(door: Door) -> None:
    upload = (await door.requests())["upload"]
    async with httpx.AsyncClient(base_url=door.url) as http:
        file_id = json.loads((await http.request(**upload)).text)["fileId"]
        shown = await http.get(f"/files/{file_id}", headers={"Origin": ELSEWHERE})

    assert (shown.status_code, shown.headers[READABLE]) == (200, "*")
