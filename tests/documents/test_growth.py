"""What an operation asks of the database does not grow with what is stored, and uses indexes."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.documents.driver import CommandCounter, CommandStartedEvent, Database, disconnect
from app.documents.registry import connect_documents
from scripts.benchmarks.growth_data import a_growing_database
from scripts.benchmarks.growth_operations import OPERATIONS

GROWTH = {"organizations": (2, 20), "flows": (11, 60), "sessions": (30, 600)}


class Queries(CommandCounter):
    """Keeps what is read, and what is found to be changed, as finds."""

    def __init__(self) -> None:
        super().__init__()
        self.finds: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        super().started(event)
        command = dict(event.command)
        match event.command_name:
            case "find":
                self.finds.append({"find": command["find"], "filter": command["filter"]})
            case "aggregate" if "$match" in (command["pipeline"] or [{}])[0]:
                query = command["pipeline"][0]["$match"]
                self.finds.append({"find": command["aggregate"], "filter": query})
            case "update":
                self.finds += [
                    {"find": command["update"], "filter": u["q"]} for u in command["updates"]
                ]
            case "findAndModify":
                self.finds.append({"find": command["findAndModify"], "filter": command["query"]})
            case "delete":
                self.finds += [
                    {"find": command["delete"], "filter": d["q"]} for d in command["deletes"]
                ]


queries = Queries()


@pytest_asyncio.fixture
async def grown(database_uri: str) -> AsyncIterator[Database]:
    name = f"test_{uuid.uuid4().hex}"
    yield await connect_documents(database_uri, database_name=name, listeners=[queries])
    await disconnect()


@pytest.mark.parametrize("dimension", GROWTH)
async def test_no_operation_sends_more_commands_when_there_is_more_and_all_use_indexes(
    grown: Database, dimension: str
) -> None:
    growing = await a_growing_database()
    await growing.grow("flows", 11)
    await growing.grow("sessions", 30)
    sent: dict[str, list[list[str]]] = {operation.name: [] for operation in OPERATIONS}
    asked: dict[str, dict[str, Any]] = {}
    for size in GROWTH[dimension]:
        await growing.grow(dimension, size)
        for operation in OPERATIONS:
            # What a process keeps is there at both sizes.
            await (await operation.prepare(growing))()
            ask = await operation.prepare(growing)
            queries.finds.clear()
            with queries.counting() as commands:
                await ask()
            sent[operation.name].append(sorted(commands))
            asked |= {str((find["find"], list(find["filter"]))): find for find in queries.finds}

    assert {name: few for name, (few, many) in sent.items() if len(many) > len(few)} == {}
    scans = [find for find in asked.values() if not await _uses_an_index(grown, find)]
    assert scans == []
    assert len(asked) >= 15


async def _uses_an_index(database: Database, find: dict[str, Any]) -> bool:
    """Whether a query is answered from an index, by all of it or by one of its conditions.

    The embedded database falls back to the latter, which its explanations do not say.
    """
    conditions = [find["filter"], *({field: value} for field, value in find["filter"].items())]
    plans = [
        (await database.command("explain", {**find, "filter": each}))["queryPlanner"]
        for each in conditions
    ]
    return any(stage in str(plan) for plan in plans for stage in ("IXSCAN", "IDHACK", "EOF"))
