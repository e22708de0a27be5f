"""Fixtures shared by all tests: a real database server, and a fresh database per module."""

import asyncio
import gc
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import pytest
import pytest_asyncio

from app.api.schema import schema
from app.documents.driver import CommandCounter, Database, disconnect
from app.documents.in_memory_server import start_in_memory_server
from app.documents.registry import DOCUMENTS, connect_documents
from app.execution.choice import execute_with
from app.execution.executor import plans
from app.execution.names import DEFAULT_EXECUTOR, ExecutorName

Forgotten: TypeAlias = Callable[[], Awaitable[list[dict[str, Any]]]]


@pytest.fixture(scope="session", autouse=True)
def executor() -> None:
    """Let the executor of the environment run what is executed in process, too.

    Tests send most operations once: they are planned at once.
    """
    name = ExecutorName(os.environ.get("SCHEDULER_EXECUTOR", DEFAULT_EXECUTOR))
    execute_with(schema, name)
    plans.planned_at_use = 1


@pytest_asyncio.fixture
async def forgotten() -> AsyncIterator[Forgotten]:
    """Tells what failed in the test and was looked at by nobody, as the event loop reports it."""
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: reported.append(context))

    async def look() -> list[dict[str, Any]]:
        gc.collect()
        await asyncio.sleep(0)
        return reported

    yield look
    loop.set_exception_handler(before)


@pytest.fixture(scope="session")
def database_uri() -> Iterator[str]:
    """The URI of a database server of the test run's own."""
    with start_in_memory_server() as uri:
        yield uri


@pytest.fixture(scope="session")
def command_counter() -> CommandCounter:
    """Counts the commands the documents send to the database."""
    return CommandCounter()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(
    database_uri: str, command_counter: CommandCounter, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """A fresh database with every document bound to it.

    A module that says `NEEDS_EVERY_INDEX` gets those, too, by which the server deletes.
    """
    database = await connect_documents(
        database_uri, database_name=f"test_{uuid.uuid4().hex}", listeners=[command_counter]
    )
    if not getattr(request.module, "NEEDS_EVERY_INDEX", False):
        await _keep_what_expires()
    yield database
    await disconnect()


async def _keep_what_expires() -> None:
    """Drop the indexes by which the server deletes what has expired.

    Tests live in times of their own: what expired by today's clock must not go meanwhile.
    """
    for document in DOCUMENTS:
        collection = document.get_motor_collection()
        for index in getattr(document.Settings, "indexes", ()):
            if "expireAfterSeconds" in index.document:
                await collection.drop_index(index.document["name"])
