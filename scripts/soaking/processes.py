"""The processes of the system under test: started, killed, paused, and all stopped at the end."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.documents.embedded_process import DatabaseFiles, is_alive, read_runtime

SECONDS_TO_STOP = 40.0
"""More than a server's own grace."""

SECONDS_BETWEEN_STARTS = 1.0
KIBIBYTE = 1_024


@dataclass
class Process:
    """One process that may die and be started again; its log goes on in the same file."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    is_wanted: bool = False
    """Whether it shall run: whoever dies meanwhile without being killed is started again."""

    _running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, apart from the terminal: Ctrl-C is for the soak, which then stops all."""
        self.is_wanted = True
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """The id of the living process; None when there is none."""
        running = self._running
        return None if running is None or running.poll() is not None else running.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it lives."""
        return None if self._running is None else self._running.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if there is anybody to get it."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(number)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self.is_wanted = False
        self.send(signal.SIGKILL)
        if self._running is not None:
            self._running.wait()

    def wait(self) -> None:
        """Wait until it has ended, and end it if it does not."""
        if self._running is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running.wait(timeout=SECONDS_TO_STOP)
            self.kill()


class Database:
    """The embedded database, which whoever uses it starts and revives."""

    name = "database"

    def __init__(self, data_dir: Path) -> None:
        self.files = DatabaseFiles(data_dir)

    @property
    def pid(self) -> int | None:
        """The id of the living process; None when there is none."""
        with contextlib.suppress(FileNotFoundError):
            if is_alive(self.files):
                running = read_runtime(self.files)
                return None if running is None else running.pid
        return None

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if there is anybody to get it."""
        if (pid := self.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self) -> None:
        """End it if its users have left it behind."""
        self.send(signal.SIGCONT)
        deadline = time.monotonic() + SECONDS_TO_STOP
        number = signal.SIGTERM
        while self.pid is not None:
            self.send(number)
            time.sleep(0.5)
            number = signal.SIGKILL if time.monotonic() > deadline - 20 else signal.SIGTERM
            if time.monotonic() > deadline:
                raise TimeoutError(f"the database in {self.files.data_dir} stays alive")


def resident_bytes(pid: int | None) -> int | None:
    """Return how much memory of a process is in use; None when it is gone."""
    if pid is not None:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * KIBIBYTE
    return None


@dataclass(frozen=True)
class Fleet:
    """Everything that runs. The first server and the first worker are never killed.

    Their memory is thus measured over the whole run, and through every failure of the others.
    """

    servers: tuple[Process, ...]
    urls: tuple[str, ...]
    workers: tuple[Process, ...]
    vendor: Process
    vendor_url: str
    database: Database
    environment: dict[str, str]
    """Of commands that shall meet the same database."""

    @property
    def processes(self) -> tuple[Process, ...]:
        """All but the database, in the order they are stopped in."""
        return (*self.servers, *self.workers, self.vendor)

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """Leave nothing running at the end of the block, however it ends."""
        try:
            yield
        finally:
            self.database.send(signal.SIGCONT)
            for process in self.processes:
                process.send(signal.SIGCONT)
                process.send(signal.SIGTERM)
            for process in self.processes:
                process.wait()
            self.database.end()

    async def keep_running(self) -> None:
        """Start again, as an orchestrator does, what ended by itself; until cancelled.

        A server that finds no database when it starts ends.
        """
        while True:
            for process in self.processes:
                if process.is_wanted and process.pid is None:
                    process.start()
            await asyncio.sleep(SECONDS_BETWEEN_STARTS)

    def resume(self) -> None:
        """Let everything go on that is paused, and start again what has died."""
        self.database.send(signal.SIGCONT)
        for process in self.processes:
            process.send(signal.SIGCONT)
            if process.pid is None:
                process.start()
