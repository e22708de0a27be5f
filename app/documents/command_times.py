"""How long the database takes: each command as a metric, and all of one operation together."""

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from prometheus_client import Counter, Histogram

from app.documents.driver import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

COMMAND_SECONDS = Histogram(
    "scheduler_database_command_seconds",
    "Commands to the database, by command and collection, until they were answered.",
    ["command", "collection"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
COMMAND_FAILURES = Counter(
    "scheduler_database_command_failures",
    "Commands the database refused or did not answer.",
    ["command"],
)

NO_COLLECTION = ""
_UNINTERESTING = frozenset({"hello", "ismaster", "endSessions", "killCursors"})


@dataclass(slots=True)
class DatabaseTime:
    """What the commands of one operation took; those that ran side by side count each."""

    _micros: list[int] = field(default_factory=list)

    def add(self, micros: int) -> None:
        """Add a command; safe across the driver's threads."""
        self._micros.append(micros)

    @property
    def command_count(self) -> int:
        """How many commands there were."""
        return len(self._micros)

    @property
    def seconds(self) -> float:
        """How long they took together."""
        return sum(self._micros) / 1e6


_of_operation: ContextVar[DatabaseTime | None] = ContextVar("database_time", default=None)


def measure_database_time() -> DatabaseTime:
    """Return what counts the commands of this task, and of those it starts, from now on."""
    time = DatabaseTime()
    _of_operation.set(time)
    return time


class NamedCommand(NamedTuple):
    """What may be said of a command."""

    name: str
    collection: str


def is_measured(event: CommandStartedEvent) -> bool:
    """Return whether a command is work; a change stream's look waits until something happens."""
    name = event.command_name
    return name not in _UNINTERESTING and not (name == "getMore" and "maxTimeMS" in event.command)


def named_command(event: CommandStartedEvent) -> NamedCommand:
    """Return the command's name and collection, which is "" for those of a whole database."""
    name = event.command_name
    collection = event.command.get("collection" if name == "getMore" else name)
    return NamedCommand(name, collection if isinstance(collection, str) else NO_COLLECTION)


class CommandTimes(CommandListener):
    """Measures every command of a client; what a command says is never looked at."""

    def __init__(self) -> None:
        self._running: dict[tuple[Any, int], NamedCommand] = {}
        self._children: dict[NamedCommand, Histogram] = {}
        self._lock = threading.Lock()

    def started(self, event: CommandStartedEvent) -> None:
        """Remember which collection a command is for."""
        if is_measured(event):
            self._running[event.connection_id, event.request_id] = named_command(event)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Count the command."""
        self._finish(event)

    def failed(self, event: CommandFailedEvent) -> None:
        """Count the command, and that it failed."""
        if self._finish(event):
            COMMAND_FAILURES.labels(event.command_name).inc()

    def _finish(self, event: CommandSucceededEvent | CommandFailedEvent) -> bool:
        command = self._running.pop((event.connection_id, event.request_id), None)
        if command is None:
            return False
        self._child(command).observe(event.duration_micros / 1e6)
        time = _of_operation.get()
        if time is not None:
            time.add(event.duration_micros)
        return True

    def _child(self, command: NamedCommand) -> Histogram:
        child = self._children.get(command)
        if child is None:
            with self._lock:
                child = self._children[command] = COMMAND_SECONDS.labels(*command)
        return child
