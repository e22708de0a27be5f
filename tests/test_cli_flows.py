"""`scheduler flow export` and `import`, as a shell uses them."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running_server import SCHEDULER, RunningServer, run_scheduler, running_server

CREATE = """mutation { createBookingFlow(input: {content: {title: "Carried"}, steps: []}) {
  bookingFlow { id } } }"""
SHOW = "query ($id: ID!) { bookingFlow(id: $id) { content { title } status } }"


@pytest.fixture(scope="module")
def server(database_uri: str) -> Iterator[RunningServer]:
    with running_server(
        SCHEDULER_MONGODB_URI=database_uri, SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}"
    ) as server:
        yield server


def an_organization(server: RunningServer, name: str) -> tuple[str, str]:
    """Return the slug and a key of a new organization."""
    answer = run_scheduler(["organization", "create", "--name", name, "--json"], server.environment)
    return answer["organization"]["slug"], answer["apiKey"]


def ask(server: RunningServer, key: str, query: str, **variables: Any) -> Any:
    return httpx.post(
        f"{server.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {key}"},
    ).json()["data"]


def run(server: RunningServer, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCHEDULER, "flow", *arguments],
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_flow_is_carried_into_another_organization_in_a_file(
    server: RunningServer, tmp_path: Path
) -> None:
    _, key = an_organization(server, "From")
    slug, other_key = an_organization(server, "To")
    flow_id = ask(server, key, CREATE)["createBookingFlow"]["bookingFlow"]["id"]
    file = tmp_path / "flow.json"

    exported = run(server, "export", "--id", flow_id, "--output", str(file))
    imported = run(server, "import", str(file), "--organization", slug, "--json")

    assert (exported.returncode, imported.returncode) == (0, 0), imported.stderr
    copy = ask(server, other_key, SHOW, id=json.loads(imported.stdout)["bookingFlowId"])
    assert copy["bookingFlow"] == {"content": {"title": "Carried"}, "status": "DRAFT"}


def test_refused_document_is_one_line_with_every_problem(
    server: RunningServer, tmp_path: Path
) -> None:
    slug, _ = an_organization(server, "Refusing")
    file = tmp_path / "flow.json"
    file.write_text('{"content": {"title": ""}, "format_version": 2}')

    refused = run(server, "import", str(file), "--organization", slug, "--title", " ")

    assert refused.returncode != 0
    assert len(refused.stderr.splitlines()) == 1
    for place in (
        '["document", "content", "title"]',
        '["document", "format_version"]',
        '["title"]',
    ):
        assert place in refused.stderr
