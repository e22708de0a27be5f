"""A server with GraphiQL, for the tests that open it in a browser."""

import threading
import time
from collections.abc import Iterator

import pytest
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from strawberry.asgi import GraphQL
from strawberry.types import Info

from app.transport.graphiql import GraphiQLFiles, graphiql_page
from app.transport.graphiql.page import NOT_BUILT
from app.transport.graphiql.static import ASSETS, MOUNT_PATH, built_version

PUBLISHABLE_KEY = "pk_demo"
API_KEY = "sk_demo"


@strawberry.type(description="Who is asking.")
class Viewer:
    role: str = strawberry.field(description="What they may do.")


def viewer(info: Info) -> Viewer | None:
    authorization = info.context["request"].headers.get("authorization")
    return Viewer(role="OWNER") if authorization == f"Bearer {API_KEY}" else None


@strawberry.type
class Query:
    viewer: Viewer | None = strawberry.field(
        resolver=viewer, description="The caller; null without a credential."
    )


class View(GraphQL[object, None]):
    async def render_graphql_ide(self, request: Request) -> Response:
        return graphiql_page(request, publishable_key=PUBLISHABLE_KEY, api_key=API_KEY)


def a_site() -> Starlette:
    return Starlette(
        routes=[
            Route("/graphql", View(strawberry.Schema(Query))),
            Mount(MOUNT_PATH, GraphiQLFiles()),
        ]
    )


@pytest.fixture(scope="session")
def graphiql_url() -> Iterator[str]:
    """The address of GraphiQL on a running server that presets an owner's API key."""
    if built_version(ASSETS) is None:
        pytest.fail(NOT_BUILT)
    server = uvicorn.Server(uvicorn.Config(a_site(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/graphql"
    finally:
        server.should_exit = True
        thread.join()
