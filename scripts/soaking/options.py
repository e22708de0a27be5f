"""What a run of the soak is told."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class FaultKind(StrEnum):
    """What befalls the system while it is under load."""

    KILL_SERVER = "kill-server"
    KILL_WORKER = "kill-worker"
    KILL_DATABASE = "kill-database"
    DATABASE_AWAY = "database-away"
    STOP_SERVER = "stop-server"
    PAUSE_SERVER = "pause-server"
    PAUSE_WORKER = "pause-worker"
    PAUSE_DATABASE = "pause-database"
    PAUSE_VENDOR = "pause-vendor"
    FAILING_VENDOR = "failing-vendor"


@dataclass(frozen=True)
class Options:
    """How long the load lasts, what it is made of, and where everything is kept meanwhile.

    `kinds` are the faults that may strike. The same `seed` draws the same faults and customers;
    how they meet is left to the machine.
    """

    folder: Path
    seconds: float = 300.0
    seed: int = 1
    customers: int = 24
    kinds: tuple[FaultKind, ...] = tuple(FaultKind)
