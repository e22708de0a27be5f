"""The one module that knows the MongoDB driver.

Everything above speaks of documents; whatever the driver must be asked directly is asked here. What
Motor and PyMongo's own asynchronous API have in common is in this file, and what differs in
`driver_motor` and `driver_pymongo`, of which the one is used that the installed Beanie stands on.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import bson
import pymongo
from beanie import init_beanie
from bson import ObjectId, json_util
from bson.errors import BSONError, InvalidDocument
from pymongo import (
    ASCENDING,
    DESCENDING,
    IndexModel,
    InsertOne,
    ReplaceOne,
    ReturnDocument,
    UpdateMany,
    UpdateOne,
)
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

# Beanie 1 stands on Motor; from 2 on it stands on PyMongo itself.
IS_MOTOR = version("beanie").startswith("1.")

if TYPE_CHECKING or IS_MOTOR:
    from app.documents import driver_motor as chosen
else:
    from app.documents import driver_pymongo as chosen

Client = chosen.Client
Database = chosen.Database
Collection = chosen.Collection
Document = chosen.Document
aggregate = chosen.aggregate
transaction = chosen.transaction
watch = chosen.watch

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "DUPLICATE_KEY",
    "UNAVAILABLE_ERRORS",
    "BulkWriteError",
    "CommandCounter",
    "CommandFailedEvent",
    "CommandListener",
    "CommandStartedEvent",
    "CommandSucceededEvent",
    "DocumentTooLarge",
    "DuplicateKeyError",
    "IndexModel",
    "InsertOne",
    "InvalidDocument",
    "OperationFailure",
    "ReplaceOne",
    "ReturnDocument",
    "UpdateMany",
    "UpdateOne",
    "command_deadline",
    "connect",
    "current_database",
    "disconnect",
    "file_bucket",
    "from_extended_json",
    "new_id",
    "ping",
    "stored_bytes",
    "to_extended_json",
]

UNAVAILABLE_ERRORS: tuple[type[Exception], ...] = (
    AutoReconnect,
    ConnectionFailure,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)
"""What the driver raises when the database cannot be reached; every one is worth a retry."""

NO_ANSWER_ERRORS: tuple[type[Exception], ...] = (*UNAVAILABLE_ERRORS, OperationFailure)

DUPLICATE_KEY = 11000
"""The code of a single write in a bulk that breaks a unique index."""

EMBEDDED_REPLICA_SET = "secantus"
SERVER_SELECTION_TIMEOUT_MS = 2_000
SOCKET_TIMEOUT_MS = 20_000

_client: Client | None = None
_database: Database | None = None


class CommandCounter(CommandListener):
    """Counts the commands sent to the database, by name; safe across the driver's threads."""

    IGNORED = frozenset({"hello", "ismaster", "ping", "endSessions", "getMore"})

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.names: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in self.IGNORED:
            return
        collection = event.command.get(event.command_name)
        with self._lock:
            self.names.append(f"{event.command_name} {collection}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Part of the listener's interface; only the start counts."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Part of the listener's interface; only the start counts."""

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Yield the list that receives the commands sent inside the block."""
        self.names = []
        yield self.names


def command_deadline(seconds: float) -> AbstractContextManager[object]:
    """Give the commands sent inside the block, by this task and those it starts, one deadline.

    The server itself ends a command that runs longer (`maxTimeMS`), so that the work of a caller
    who was told TIMEOUT does not go on.
    """
    return pymongo.timeout(seconds)


def new_id() -> str:
    """Return a fresh entity id: 24 hexadecimal characters, ordered by time of creation."""
    return str(ObjectId())


def stored_bytes(record: Mapping[str, Any]) -> int:
    """Return how large a record is in the database, in bytes."""
    return len(bson.encode(record))


_CANONICAL = json_util.JSONOptions(json_mode=json_util.JSONMode.CANONICAL, tz_aware=True)


def to_extended_json(record: Mapping[str, Any]) -> str:
    """Return a record as MongoDB's canonical Extended JSON, which loses nothing."""
    return json_util.dumps(record, json_options=_CANONICAL, separators=(",", ":"))


def from_extended_json(text: str | bytes) -> Any:
    """Return what a text of Extended JSON stands for; raises ValueError for what is none."""
    try:
        return json_util.loads(text, json_options=_CANONICAL)
    except (BSONError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error


def is_id(text: str) -> bool:
    """Return whether `text` has the form of an entity id."""
    return ObjectId.is_valid(text) and len(text) == len("0" * 24)


async def connect(
    uri: str,
    *,
    database_name: str,
    documents: Sequence[type[Document]],
    listeners: Sequence[CommandListener] = (),
) -> Database:
    """Bind `documents` to the database; the first command connects.

    Options given in the URI win over the defaults.
    """
    global _client, _database
    client: Client = Client(
        uri,
        tz_aware=True,
        event_listeners=list(listeners),
        **_default_options(uri),
    )
    database = client[database_name]
    await init_beanie(database=database, document_models=list(documents), skip_indexes=True)
    _client, _database = client, database
    return database


def _default_options(uri: str) -> dict[str, Any]:
    defaults = {
        "serverSelectionTimeoutMS": SERVER_SELECTION_TIMEOUT_MS,
        "connectTimeoutMS": SERVER_SELECTION_TIMEOUT_MS,
        "socketTimeoutMS": SOCKET_TIMEOUT_MS,
        **chosen.CLIENT_OPTIONS,
    }
    return {name: value for name, value in defaults.items() if name.lower() not in uri.lower()}


async def disconnect() -> None:
    """Close every connection; safe to call when there is none."""
    global _client, _database  # noqa: PLW0603 - see connect.
    if _client is not None:
        await chosen.close(_client)
    _client = _database = None


def current_database() -> Database:
    """Return the connected database; a programming error when `connect` was not awaited."""
    if _database is None:
        raise RuntimeError("the database is not connected")
    return _database


def file_bucket() -> chosen.FileBucket:
    """Return the GridFS bucket that holds uploaded files."""
    return chosen.FileBucket(current_database(), bucket_name="files")


def reads_whole_ranges() -> bool:
    """Return whether the server reads all of a range for the first few documents of it.

    The embedded database does, which calls itself so.
    """
    # Motor's types say that it is a method; it is a property.
    topology: Any = current_database().client.topology_description
    servers = topology.server_descriptions().values()
    return any(server.replica_set_name == EMBEDDED_REPLICA_SET for server in servers)


async def ping(uri: str, *, timeout_seconds: float) -> bool:
    """Return whether a MongoDB server answers at `uri` within `timeout_seconds`."""
    client: Client = Client(
        uri, serverSelectionTimeoutMS=int(timeout_seconds * 1_000), connectTimeoutMS=1_000
    )
    try:
        await client.admin.command("ping")
    except NO_ANSWER_ERRORS:
        return False
    finally:
        await chosen.close(client)
    return True


async def is_reachable(*, timeout_seconds: float) -> bool:
    """Return whether the connected database answers within `timeout_seconds`."""
    try:
        await current_database().command("ping", maxTimeMS=int(timeout_seconds * 1_000))
    except NO_ANSWER_ERRORS:
        return False
    return True
