"""Several server processes played within one, and the faults that strike them."""

import contextlib
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import pytest

from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument, EventBatch
from app.documents.driver import UNAVAILABLE_ERRORS, BulkWriteError
from app.documents.session_snapshot import SnapshotUpdate
from app.services.booking_sessions import event_log, history
from app.services.booking_sessions.event_log import EventLog

Unavailable = UNAVAILABLE_ERRORS[0]


class Fault(Enum):
    """What goes wrong the first time a request stores something."""

    NONE = auto()
    NOT_STORED = auto()
    PARTLY_STORED = auto()
    STORED_UNANSWERED = auto()
    SNAPSHOT_LOST = auto()
    QUEUE_FULL = auto()


@dataclass(eq=False)
class ServerProcess:
    """What requests of one process share beside the database."""

    log: EventLog = field(default_factory=EventLog)


_process: ContextVar[ServerProcess] = ContextVar("process")
_fault: ContextVar[list[Fault]] = ContextVar("fault")


def strike(process: ServerProcess, fault: Fault) -> None:
    """Let the rest of this task run in the process, and meet the fault once."""
    _process.set(process)
    _fault.set([fault])


def _meets(fault: Fault) -> bool:
    waiting = _fault.get([])
    if fault not in waiting:
        return False
    waiting.clear()
    return True


class _PerProcess:
    """Stands in for a mapping of the module that each process has for itself."""

    def __init__(self) -> None:
        self._items: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        return self._items.get((_process.get(), key))

    def pop(self, key: Any, default: Any) -> Any:
        return self._items.pop((_process.get(), key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._items[_process.get(), key] = value


def play_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each `ServerProcess` a memory, locks and a log of its own, and let faults strike."""
    append_batches = BookingSessionEventDocument.append_batches
    save_snapshots = BookingSession.save_snapshots

    async def append_or_fail(batches: list[EventBatch]) -> frozenset[int]:
        if _meets(Fault.NOT_STORED):
            raise Unavailable("before")
        if _meets(Fault.PARTLY_STORED):
            records = [record for batch in batches for record in batch.records()]
            with contextlib.suppress(BulkWriteError):
                await BookingSessionEventDocument.get_motor_collection().insert_many(
                    records[: len(records) // 2 or 1]
                )
            raise Unavailable("meanwhile")
        lost = await append_batches(batches)
        if _meets(Fault.STORED_UNANSWERED):
            raise Unavailable("after")
        return lost

    async def save_or_fail(updates: list[SnapshotUpdate]) -> None:
        if _meets(Fault.SNAPSHOT_LOST):
            raise Unavailable("snapshot")
        await save_snapshots(updates)

    def log_of_this_process() -> EventLog:
        if _meets(Fault.QUEUE_FULL):
            return EventLog(_queued_events=event_log.MAX_QUEUED_EVENTS)
        return _process.get().log

    monkeypatch.setattr(BookingSessionEventDocument, "append_batches", append_or_fail)
    monkeypatch.setattr(BookingSession, "save_snapshots", save_or_fail)
    monkeypatch.setattr(history, "current_event_log", log_of_this_process)
    monkeypatch.setattr(history, "_kept", _PerProcess())
    monkeypatch.setattr(history, "_locks", _PerProcess())
    # In proportion, but so that a batch cut short does not hold up the test.
    monkeypatch.setattr(event_log, "SECONDS_TO_FINISH_A_BATCH", 0.1)
    monkeypatch.setattr(history, "SECONDS_BETWEEN_LOOKS", 0.1 / history.LOOKS_AT_A_STALLED_BATCH)
