"""Commands that outlive the query they were sent for."""

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pymongo.errors import PyMongoError
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from app.documents.driver import Database, aggregate, command_deadline, disconnect
from app.documents.registry import connect_documents
from tests.api.client import ApiClient, an_organization

SECONDS = 0.3


class Deadlines(CommandListener):
    """Remembers `maxTimeMS` of each command, by name."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int | None]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.seen.append((event.command_name, event.command.get("maxTimeMS")))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


@pytest.fixture(scope="module")
def deadlines() -> Deadlines:
    return Deadlines()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(database_uri: str, deadlines: Deadlines) -> AsyncIterator[Database]:
    yield await connect_documents(
        database_uri, database_name=f"test_{uuid.uuid4().hex}", listeners=[deadlines]
    )
    await disconnect()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(database: Database) -> ApiClient:
    return await an_organization()


async def test_slow_command_is_ended_by_the_server(database: Database) -> None:
    await database["numbers"].insert_many([{"n": n} for n in range(3_000)])
    pairs: list[dict[str, Any]] = [
        {"$lookup": {"from": "numbers", "let": {"n": "$n"}, "as": "same", "pipeline": [
            {"$match": {"$expr": {"$eq": [{"$add": ["$n", 1]}, "$$n"]}}}]}},
        {"$group": {"_id": None, "count": {"$sum": {"$size": "$same"}}}},
    ]  # fmt: skip

    began = time.monotonic()
    with pytest.raises(PyMongoError) as raised, command_deadline(SECONDS):
        [count async for count in aggregate(database["numbers"], pairs)]

    assert raised.value.timeout
    # Nine million comparisons take the database far longer.
    assert time.monotonic() - began < SECONDS * 20


async def test_queries_carry_their_deadline_and_mutations_none(
    api: ApiClient, deadlines: Deadlines
) -> None:
    deadlines.seen.clear()
    await api.data("{ bookingServices(first: 1) { nodes { id } } }")
    query = list(deadlines.seen)
    deadlines.seen.clear()
    await api.data(
        'mutation { createBookingAnswerCategory(input: {title: "Size"}) { userErrors { code } } }'
    )

    assert query
    assert all(limit is not None and 0 < limit <= 30_000 for _, limit in query)
    assert deadlines.seen
    assert all(limit is None for _, limit in deadlines.seen)
