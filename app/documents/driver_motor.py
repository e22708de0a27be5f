"""The driver as Motor gives it: what differs from PyMongo's own asynchronous API, and nothing else.

Installed with Beanie 1. Its counterpart is `driver_pymongo`; `driver` chooses between the two.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

from beanie import Document
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
    AsyncIOMotorGridFSBucket,
)

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

Client: TypeAlias = AsyncIOMotorClient[dict[str, Any]]
Database: TypeAlias = AsyncIOMotorDatabase[dict[str, Any]]
Collection: TypeAlias = AsyncIOMotorCollection[dict[str, Any]]
Session: TypeAlias = AsyncIOMotorClientSession
FileBucket = AsyncIOMotorGridFSBucket
CLIENT_OPTIONS: dict[str, str] = {}


async def aggregate(
    collection: Any, pipeline: Sequence[Mapping[str, Any]], **options: Any
) -> AsyncIterator[dict[str, Any]]:
    """Yield what a pipeline makes of a collection."""
    async for raw in collection.aggregate(pipeline, **options):
        yield raw


def watch(
    watched: Any, pipeline: Sequence[Mapping[str, Any]], **options: Any
) -> AbstractAsyncContextManager[Any]:
    """Open the change stream of a collection or a database."""
    stream: AbstractAsyncContextManager[Any] = watched.watch(pipeline, **options)
    return stream


@asynccontextmanager
async def transaction(client: Client) -> AsyncIterator[Session]:
    """Yield a session whose writes inside the block are all stored, or none of them."""
    async with await client.start_session() as session, session.start_transaction():
        yield session


async def close(client: Client) -> None:
    """Close every connection."""
    client.close()
