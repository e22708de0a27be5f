"""A running server for the tests that speak HTTP to it or open it in a browser."""

import uuid
from collections.abc import Iterator

import pytest

from app.transport.demo_keys import DemoKeys, write_demo_keys
from app.transport.graphiql.page import NOT_BUILT
from app.transport.graphiql.static import ASSETS, built_version
from tests.running_server import RunningServer, running_server


@pytest.fixture(scope="module")
def server(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on a database of its own, which offers an owner's key as the demonstration's."""
    data_dir = tmp_path_factory.mktemp("data")
    with running_server(
        SCHEDULER_MONGODB_URI=database_uri,
        SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}",
        SCHEDULER_DATA_DIR=str(data_dir),
    ) as server:
        keys = DemoKeys(api_key=server.create_organization(), publishable_key="wpk_none")
        write_demo_keys(data_dir, keys)
        yield server


@pytest.fixture
def graphiql_url(server: RunningServer) -> str:
    """The address of GraphiQL on the server."""
    if built_version(ASSETS) is None:
        pytest.fail(NOT_BUILT)
    return f"{server.url}/graphql"
