"""Edits seen by the widgets of another server process."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running_server import RunningServer, running_server

BOOT = """
query ($key: String!) { scheduler(publishableKey: $key) { name } }
"""
RENAME = """
mutation ($id: ID!, $version: Int!, $name: String!) {
  updateSchedulerConfig(input: {id: $id, expectedVersion: $version, name: $name}) {
    schedulerConfig { version }
    userErrors { code }
  }
}
"""
CREATE = """
mutation { createSchedulerConfig(input: {name: "First"}) {
  schedulerConfig { id publishableKey } userErrors { code message path } } }
"""
EDITS = 5
PATIENCE_SECONDS = 20


class Pair:
    """Two server processes on one database, an owner's key, and a widget's config."""

    def __init__(self, first: RunningServer, second: RunningServer) -> None:
        self.first, self.second = first, second
        self.headers = {"Authorization": f"Bearer {first.create_organization()}"}
        created = self.ask(first, CREATE)["createSchedulerConfig"]["schedulerConfig"]
        self.id, self.key = created["id"], created["publishableKey"]
        self.version = 1

    def ask(self, server: RunningServer, query: str, **variables: Any) -> Any:
        answer = httpx.post(
            f"{server.url}/graphql",
            json={"query": query, "variables": variables},
            headers=self.headers,
            timeout=30,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def rename(self, name: str) -> None:
        done = self.ask(self.first, RENAME, id=self.id, version=self.version, name=name)
        assert done["updateSchedulerConfig"]["userErrors"] == []
        self.version += 1

    def shown_by(self, server: RunningServer) -> str:
        answer = httpx.post(
            f"{server.url}/graphql",
            json={"query": BOOT, "variables": {"key": self.key}},
            timeout=30,
        )
        return str(answer.json()["data"]["scheduler"]["name"])


@pytest.fixture(scope="module")
def pair(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    settings = {
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": f"test_{uuid.uuid4().hex}",
        "SCHEDULER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }
    with running_server(**settings) as first, running_server(**settings) as second:
        yield Pair(first, second)


def test_edit_is_shown_at_once_where_it_was_made_and_soon_elsewhere(pair: Pair) -> None:
    for number in range(EDITS):
        before = pair.shown_by(pair.second)
        name = f"Edit {number}"

        pair.rename(name)

        assert pair.shown_by(pair.first) == name
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (shown := pair.shown_by(pair.second)) != name:
            assert shown == before
            assert time.monotonic() < deadline
