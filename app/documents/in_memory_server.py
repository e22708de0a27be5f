"""An embedded database that keeps nothing, for tests."""

import contextlib
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.documents.embedded_error import EmbeddedDatabaseError
from app.documents.embedded_process import (
    clean_environment,
    executable,
    uri_of,
)

_READY_TIMEOUT_SECONDS = 60.0
_LISTENING = re.compile(rb"INFO .*listening on \S+:(\d+)")


@contextlib.contextmanager
def start_in_memory_server() -> Iterator[str]:
    """Yield the URI of a new, empty database that is gone, with its data, after the block.

    One per test run and one database in it per test module: starting takes half a second.
    """
    with tempfile.TemporaryDirectory(prefix="scheduler-database-") as name:
        folder = Path(name)
        process = _spawn(folder)
        try:
            yield uri_of(_wait_for_port(process, folder / "log"))
        finally:
            # Nothing is worth the two seconds that an orderly end takes.
            process.kill()
            process.wait()


def _spawn(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  A fixed program with arguments of our own.
            (
                *(str(executable()), "--host", "127.0.0.1", "--port", "0"),
                *("--storage-path", ":memory:", "--cache-size", "1G"),
            ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={**clean_environment(folder), "TMPDIR": str(folder)},
        )


def _wait_for_port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + _READY_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if listening := _LISTENING.search(log.read_bytes()):
            return int(listening[1])
        time.sleep(0.02)
    raise EmbeddedDatabaseError(f"No database for tests: {log.read_text(errors='replace')[-500:]}")
