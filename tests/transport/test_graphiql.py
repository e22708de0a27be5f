import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import OperationDefinitionNode, parse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from app.transport.graphiql import GraphiQLFiles, graphiql_page

VERSION = "0123456789abcdef"
SCRIPT = f"/graphiql/{VERSION}/page.js"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "public" / VERSION).mkdir(parents=True)
    (tmp_path / "public" / VERSION / "page.js").write_text("run()")
    (tmp_path / "manifest.json").write_text(json.dumps({"version": VERSION}))
    return tmp_path


def a_client(
    assets: Path, *, publishable_key: str | None = None, api_key: str | None = None
) -> httpx.AsyncClient:
    async def page(request: Request) -> Response:
        return graphiql_page(
            request, publishable_key=publishable_key, api_key=api_key, assets=assets
        )

    files = GraphiQLFiles(assets=assets)
    app = Starlette(routes=[Route("/graphql", page), Mount("/graphiql", files)])
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://scheduler.test")


def data_in(page: httpx.Response) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="graphiql-page">(.*?)</script>', page.text
    )
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def variables_in(page: httpx.Response, tab: int) -> dict[str, Any]:
    variables: dict[str, Any] = json.loads(data_in(page)["tabs"][tab]["variables"])
    return variables


def policy_of(response: httpx.Response) -> dict[str, list[str]]:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, *sources in (directive.split() for directive in directives)}


async def test_page_names_the_script_of_the_built_version_and_is_never_stored(built: Path) -> None:
    page = await a_client(built).get("/graphql")

    assert page.status_code == 200
    assert f'<script type="module" src="{SCRIPT}">' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Vary"] == "Accept"


async def test_files_are_kept_for_ever_because_their_address_names_their_content(
    built: Path,
) -> None:
    script = await a_client(built).get(SCRIPT)

    assert script.text == "run()"
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/graphiql/fedcba9876543210/page.js",
        "/graphiql/manifest.json",
        "/graphiql/..%2Fmanifest.json",
    ],
)
async def test_what_is_no_built_file_is_not_found_and_not_kept(built: Path, path: str) -> None:
    answer = await a_client(built).get(path)

    assert answer.status_code == 404
    assert "Cache-Control" not in answer.headers


@pytest.mark.parametrize("path", ["/graphql", SCRIPT])
async def test_policy_runs_no_inline_script_and_reaches_no_other_host(
    built: Path, path: str
) -> None:
    policy = policy_of(await a_client(built).get(path))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    allowed = {source for sources in policy.values() for source in sources}
    assert allowed == {"'none'", "'self'", "data:", "'unsafe-inline'"}
    assert [name for name in policy if "'unsafe-inline'" in policy[name]] == ["style-src"]


async def test_tabs_are_the_three_examples_in_the_order_of_a_booking(built: Path) -> None:
    page = await a_client(built).get("/graphql")

    names = [
        node.name.value
        for tab in data_in(page)["tabs"]
        for node in parse(tab["query"]).definitions
        if isinstance(node, OperationDefinitionNode) and node.name
    ]
    assert names == ["WidgetBoot", "StartBookingSession", "FlowDashboard"]


async def test_keys_given_by_the_server_are_filled_in(built: Path) -> None:
    page = await a_client(built, publishable_key="pk_1", api_key="sk_1").get("/graphql")

    assert variables_in(page, 0)["key"] == "pk_1"
    assert variables_in(page, 1)["input"]["publishableKey"] == "pk_1"
    headers = [tab["headers"] for tab in data_in(page)["tabs"]]
    assert headers[:2] == [None, None]
    assert json.loads(headers[2]) == {"Authorization": "Bearer sk_1"}
    assert data_in(page)["rememberHeaders"] is True


async def test_key_in_the_query_string_wins_over_the_servers(built: Path) -> None:
    client = a_client(built, publishable_key="pk_1")
    page = await client.get("/graphql", params={"publishable_key": "pk_2"})

    assert variables_in(page, 0)["key"] == "pk_2"


async def test_without_an_api_key_no_tab_has_headers_and_none_are_remembered(built: Path) -> None:
    page = await a_client(built).get("/graphql")

    assert [tab["headers"] for tab in data_in(page)["tabs"]] == [None, None, None]
    assert data_in(page)["rememberHeaders"] is False


async def test_query_string_cannot_end_the_data_block(built: Path) -> None:
    evil = '</script><script>alert("1")</script>'
    page = await a_client(built).get("/graphql", params={"publishable_key": evil})

    assert variables_in(page, 0)["key"] == evil
    assert "<script>alert" not in page.text


async def test_every_page_starts_another_session_but_remembers_the_same_tabs(built: Path) -> None:
    client = a_client(built, publishable_key="pk_1")
    first, second = await client.get("/graphql"), await client.get("/graphql")
    other = await client.get("/graphql", params={"publishable_key": "pk_2"})

    keys = {variables_in(page, 1)["input"]["idempotencyKey"] for page in (first, second)}
    assert len(keys) == 2
    assert data_in(first)["examples"] == data_in(second)["examples"]
    assert data_in(first)["examples"] != data_in(other)["examples"]


async def test_page_that_is_not_built_says_which_script_to_run(tmp_path: Path) -> None:
    page = await a_client(tmp_path).get("/graphql")

    assert page.status_code == 503
    assert "run ./scripts/graphiql-assets" in page.text
    assert (await a_client(tmp_path).get(SCRIPT)).status_code == 404
