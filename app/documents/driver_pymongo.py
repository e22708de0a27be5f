"""PyMongo's own asynchronous API: what differs from Motor, and nothing else.

Installed with Beanie 2. Its counterpart is `driver_motor`; `driver` chooses between the two.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from beanie import Document as BeanieDocument
from gridfs import AsyncGridFSBucket
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

__all__ = [
    "CLIENT_OPTIONS",
    "Client",
    "Collection",
    "Database",
    "Document",
    "FileBucket",
    "Session",
    "aggregate",
    "close",
    "transaction",
    "watch",
]

Client: TypeAlias = AsyncMongoClient[dict[str, Any]]
Database: TypeAlias = AsyncDatabase[dict[str, Any]]
Collection: TypeAlias = AsyncCollection[dict[str, Any]]
Session: TypeAlias = AsyncClientSession
FileBucket = AsyncGridFSBucket

# The client watches the server from the event loop. An answer that the server holds back until
# something changes would be found late by a loop that stood still, and be taken for a lost server.
CLIENT_OPTIONS = {"serverMonitoringMode": "poll"}


class Document(BeanieDocument):
    """A document whose collection goes by the name it has in Beanie 1."""

    @classmethod
    def get_motor_collection(cls) -> Any:
        """Return the driver's collection."""
        return cls.get_pymongo_collection()


async def aggregate(
    collection: Any, pipeline: Sequence[Mapping[str, Any]], **options: Any
) -> AsyncIterator[dict[str, Any]]:
    """Yield what a pipeline makes of a collection."""
    async for raw in await collection.aggregate(pipeline, **options):
        yield raw


@asynccontextmanager
async def watch(
    watched: Any, pipeline: Sequence[Mapping[str, Any]], **options: Any
) -> AsyncIterator[Any]:
    """Open the change stream of a collection or a database."""
    async with await watched.watch(pipeline, **options) as stream:
        yield stream


@asynccontextmanager
async def transaction(client: Client) -> AsyncIterator[Session]:
    """Yield a session whose writes inside the block are all stored, or none of them."""
    async with client.start_session() as session, await session.start_transaction():
        yield session


async def close(client: Client) -> None:
    """Close every connection."""
    await client.close()
