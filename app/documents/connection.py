"""Getting at the database the settings name: a given one, or the embedded one."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from app.documents.driver import Database, disconnect
from app.documents.embedded_error import EmbeddedDatabaseError
from app.documents.index_creation import IndexesNotMadeError
from app.documents.registry import connect_documents

__all__ = ["EmbeddedDatabaseError", "IndexesNotMadeError", "connected_documents", "database_uri"]


@contextlib.asynccontextmanager
async def database_uri(mongodb_uri: str | None, *, data_dir: Path) -> AsyncIterator[str]:
    """Yield `mongodb_uri`; without one, that of the embedded database, running inside the block.

    Nothing of the embedded database is imported when a URI is given.
    """
    if mongodb_uri is not None:
        yield mongodb_uri
        return
    from app.documents.embedded_server import embedded_database  # noqa: PLC0415 - see above.

    async with embedded_database(data_dir=data_dir) as uri:
        yield uri


@contextlib.asynccontextmanager
async def connected_documents(
    mongodb_uri: str | None,
    *,
    data_dir: Path,
    database_name: str,
    listeners: Sequence[Any] = (),
    create_indexes: bool = True,
) -> AsyncIterator[Database]:
    """Yield the database with every document bound to it, and disconnect at the end."""
    async with database_uri(mongodb_uri, data_dir=data_dir) as uri:
        database = await connect_documents(
            uri,
            database_name=database_name,
            listeners=listeners,
            create_indexes=create_indexes,
        )
        try:
            yield database
        finally:
            await disconnect()
