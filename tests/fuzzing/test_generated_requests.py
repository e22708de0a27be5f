"""Generated requests over HTTP, made from `schema.graphql` as any client would."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from tests.fuzzing.operations import scalars
from tests.running_server import running_server

for name, values in scalars().items():
    schemathesis.graphql.scalar(name, values)

SCHEMA = Path(__file__).resolve().parents[2] / "schema.graphql"
OPERATIONS = {
    found.ok().label: found.ok()
    for found in schemathesis.graphql.from_path(SCHEMA).get_all_operations()
    if isinstance(found, Ok)
}
MEDIA_TYPES = ("application/json", "application/graphql-response+json", "*/*")
FAULTS = {"INTERNAL", "UNAVAILABLE", "TIMEOUT"}
ASKING_THE_VENDOR = {"connectVendor", "updateVendorAccount", "syncVendorJobTypes"}
"""There is no vendor here, so these may be UNAVAILABLE."""

SECONDS_TO_ANSWER = 20
MAX_CHARACTERS_OF_GET = 8_000

seeded = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def client(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server whose points are not counted, with an owner's key."""
    with (
        running_server(
            SCHEDULER_MONGODB_URI=database_uri,
            SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}",
            SCHEDULER_DATA_DIR=str(tmp_path_factory.mktemp("data")),
            SCHEDULER_POINTS_PER_MINUTE="0",
        ) as server,
        httpx.Client(
            base_url=server.url,
            headers={"Authorization": f"Bearer {server.create_organization()}"},
            timeout=SECONDS_TO_ANSWER,
        ) as client,
    ):
        yield client


@pytest.mark.parametrize("label", OPERATIONS)
def test_generated_request_is_answered_without_a_fault(client: httpx.Client, label: str) -> None:
    asks_vendor = label.removeprefix("Mutation.") in ASKING_THE_VENDOR
    faults = FAULTS - {"UNAVAILABLE"} if asks_vendor else FAULTS

    @seeded
    @given(
        case=OPERATIONS[label].as_strategy(),
        accept=st.sampled_from(MEDIA_TYPES),
        by_get=st.booleans(),
    )
    def ask(case: schemathesis.Case[Any], accept: str, by_get: bool) -> None:
        content = {"query": str(case.body)}
        headers = {"Accept": accept}
        response = (
            client.get("/graphql", params=content, headers=headers)
            if by_get and len(content["query"]) < MAX_CHARACTERS_OF_GET
            else client.post("/graphql", json=content, headers=headers)
        )

        assert asks_vendor or response.status_code < 500, (response.text, case.body)
        answer = response.json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert faults.isdisjoint(codes), (codes, case.body)
        assert ("data" in answer) or codes

    ask()
