"""The process of the embedded database: its files, its start, its readiness and its end.

The database is GPL-2.0 software: it is started as a program and never imported.

The process holds the exclusive lock of its runtime file from before its first instruction until its
death, as its standard input. A held lock therefore means "alive, and the file describes it", which
no process id can say: ids are reused, and a starter killed half-way would leave none behind.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from app.documents.driver import ping
from app.documents.embedded_error import EmbeddedDatabaseError
from app.documents.file_lock import is_locked_exclusive, lock_exclusive, open_lock_file
from app.domain.values import Value

_HOST = "127.0.0.1"
# Opening a large database after a crash replays its log first.
_READY_TIMEOUT_SECONDS = 60.0
_PING_TIMEOUT_SECONDS = 2.0
_SIGNAL_TIMEOUT_SECONDS = 0.1
_POLL_SECONDS = 0.05
_STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
_LOG_LIMIT_BYTES = 10 * 2**20

# The shell writes its own process id into the locked file, then becomes the database.
_DESCRIBE_THEN_BECOME = 'printf \'{"pid": %d, "port": %d}\\n\' "$$" "$1" >&0 && shift && exec "$@"'


class PortInUseError(EmbeddedDatabaseError):
    """Another program listens on the port meant for the embedded database."""


class RunningDatabase(Value):
    """What the runtime file says about the process that holds its lock."""

    pid: int
    port: int


@dataclass(frozen=True)
class DatabaseFiles:
    """The files of the embedded database within a data directory."""

    data_dir: Path

    @property
    def storage(self) -> Path:
        return self.data_dir / "database"

    @property
    def log(self) -> Path:
        return self.data_dir / "database.log"

    @property
    def runtime(self) -> Path:
        return self.data_dir / "database.json"

    @property
    def lifecycle_lock(self) -> Path:
        """Held exclusively by whoever starts, adopts or stops the database."""
        return self.data_dir / "database.lock"

    @property
    def users_lock(self) -> Path:
        """Held shared by every user of the database."""
        return self.data_dir / "database.users"

    @property
    def clean_folder(self) -> Path:
        """An empty folder: the database reads a configuration from its current and home folder."""
        return self.data_dir / "database.empty"


def executable() -> Path:
    """Return the database program beside this Python; raises `EmbeddedDatabaseError` if absent."""
    program = Path(sys.executable).parent / "secantusd-py"
    if not program.exists():
        raise EmbeddedDatabaseError(
            "The embedded database is not installed: install this project with its extra "
            "'embedded', or set SCHEDULER_MONGODB_URI to a MongoDB"
        )
    return program


def uri_of(port: int) -> str:
    """Return the address of an embedded database, with the options that suit no real MongoDB."""
    return (
        f"mongodb://{_HOST}:{port}/?directConnection=true&retryWrites=false"
        "&w=majority&journal=true&maxPoolSize=8"
    )


def clean_environment(folder: Path) -> dict[str, str]:
    """Return this process's environment with `folder` as home, where no configuration is found."""
    return {**os.environ, "HOME": str(folder)}


def is_alive(files: DatabaseFiles) -> bool:
    """Return whether the process described by the runtime file lives."""
    return is_locked_exclusive(files.runtime)


def read_runtime(files: DatabaseFiles) -> RunningDatabase | None:
    """Return the last content of the runtime file; without `is_alive` it may be of a dead one."""
    try:
        return RunningDatabase.model_validate_json(files.runtime.read_bytes())
    except ValidationError:
        return None


def find_free_port() -> int:
    """Return a port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def start(files: DatabaseFiles, *, port: int) -> subprocess.Popen[bytes]:
    """Start the database and return its process once it answers on `port`.

    Only for the holder of the lifecycle lock, when the database is not alive.
    Raises `PortInUseError` and `EmbeddedDatabaseError`.
    """
    _require_free(port)
    log_start = _prepare_log(files.log)
    runtime = open_lock_file(files.runtime)
    try:
        # Somebody may be looking whether the lock is held, which takes it for a moment.
        if not await lock_exclusive(runtime, timeout_seconds=1.0):
            raise EmbeddedDatabaseError(f"{files.runtime} is locked by a process unknown to it")
        os.ftruncate(runtime, 0)
        process = _spawn(files, port=port, runtime=runtime)
    finally:
        os.close(runtime)
    await wait_until_ready(files, log_start=log_start)
    return process


async def wait_until_ready(files: DatabaseFiles, *, log_start: int) -> RunningDatabase:
    """Return the living database once it answers.

    Raises `EmbeddedDatabaseError` with the reason found in its log after `log_start` bytes.
    """
    deadline = time.monotonic() + _READY_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if not is_alive(files):
            raise _failure(files, log_start=log_start)
        running = read_runtime(files)
        # The second look excludes that another program answered while ours was failing.
        if (
            running
            and await _answers(running.port, timeout_seconds=_PING_TIMEOUT_SECONDS)
            and is_alive(files)
        ):
            return running
        await asyncio.sleep(_POLL_SECONDS)
    raise EmbeddedDatabaseError(
        f"The embedded database did not answer within {_READY_TIMEOUT_SECONDS:.0f} s; "
        f"details in {files.log}"
    )


async def stop(files: DatabaseFiles) -> None:
    """End the database, whoever started it; raises `EmbeddedDatabaseError` if it cannot be ended.

    Only for the holder of the lifecycle lock.
    """
    for signal_number, grace_seconds in _STOP_STEPS:
        if await _end(files, signal_number=signal_number, timeout_seconds=grace_seconds):
            os.truncate(files.runtime, 0)
            return
    raise EmbeddedDatabaseError(f"The embedded database described by {files.runtime} stays alive")


async def _end(files: DatabaseFiles, *, signal_number: int, timeout_seconds: float) -> bool:
    """Return whether the database died within `timeout_seconds` of `signal_number`.

    Its main thread can miss a signal that reaches the process while another thread runs; one that
    still answers has missed it. The question has a second use: the database stops at once when a
    connection wakes the thread that accepts them, and after two seconds when none does.
    """
    deadline = time.monotonic() + timeout_seconds
    is_due = True
    while is_alive(files):
        if time.monotonic() > deadline:
            return False
        running = read_runtime(files)
        if running and is_due:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, signal_number)
        await _wait_for_death(files, timeout_seconds=_SIGNAL_TIMEOUT_SECONDS)
        is_due = running is None or await _answers(
            running.port, timeout_seconds=_SIGNAL_TIMEOUT_SECONDS
        )
    return True


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise _port_in_use(port) from error


def _prepare_log(log: Path) -> int:
    """Return the size of the log in bytes after setting an overlong one aside."""
    size = log.stat().st_size if log.exists() else 0
    if size < _LOG_LIMIT_BYTES:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


def _spawn(files: DatabaseFiles, *, port: int, runtime: int) -> subprocess.Popen[bytes]:
    program = (
        *(str(executable()), "--host", _HOST, "--port", str(port)),
        *("--storage-path", str(files.storage), "--sync-on-commit", "--cache-size", "256M"),
    )
    with files.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  A fixed program with arguments of our own.
            ("/bin/sh", "-c", _DESCRIBE_THEN_BECOME, "sh", str(port), *program),
            stdin=runtime,
            stdout=log,
            stderr=log,
            cwd=files.clean_folder,
            env=clean_environment(files.clean_folder),
            # Ctrl-C is for the command, which still needs its database to finish.
            start_new_session=True,
        )


async def _answers(port: int, *, timeout_seconds: float) -> bool:
    try:
        _, writer = await asyncio.open_connection(_HOST, port)
    except OSError:
        return False  # The driver would wait half a second before its next try.
    writer.close()
    return await ping(uri_of(port), timeout_seconds=timeout_seconds)


async def _wait_for_death(files: DatabaseFiles, *, timeout_seconds: float) -> None:
    runtime = open_lock_file(files.runtime)
    try:
        await lock_exclusive(runtime, timeout_seconds=timeout_seconds)
    finally:
        os.close(runtime)


def _failure(files: DatabaseFiles, *, log_start: int) -> EmbeddedDatabaseError:
    """Return the error that explains why the database ended, by the last line it wrote."""
    with files.log.open("rb") as log:
        log.seek(log_start)
        lines = log.read().decode(errors="replace").split("\n")
    reason = next((line.strip() for line in reversed(lines) if line.strip()), "no word")
    running = read_runtime(files)
    if "Address already in use" in reason and running:
        return _port_in_use(running.port)
    if "resource busy" in reason:
        return EmbeddedDatabaseError(
            f"The embedded database {files.storage} is open in a process that "
            f"{files.runtime} does not know; stop it, or set SCHEDULER_DATA_DIR to another folder"
        )
    return EmbeddedDatabaseError(
        f"The embedded database cannot open {files.storage} ({reason[:200]}); if it is damaged, "
        f"move that folder away to begin with an empty one; details in {files.log}"
    )


def _port_in_use(port: int) -> PortInUseError:
    return PortInUseError(f"Port {port} of the embedded database is in use by another program")
