"""Starting the compared servers, each as a process of its own on one core."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from app.domain.booking_session.events import SCHEMA_VERSION
from scripts.benchmarks.comparison import processes
from scripts.benchmarks.comparison.peers_setup import NODE_PACKAGES, PEERS, ROOT, Installed

SERVER_NAMES = ("scheduler", "strawberry", "ariadne", "yoga", "yoga-jit", "static")
SCHEMA = Path(__file__).resolve().parent / "schema.graphql"
PORT = "{port}"
"""Stands in a command for the port to listen on."""

START_TIMEOUT_SECONDS = 180
STOP_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one of the compared servers is started; `label` is what people read."""

    label: str
    server: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT


@dataclass(frozen=True, slots=True)
class Database:
    """Where the documents are, on this machine."""

    uri: str
    name: str

    @property
    def port(self) -> int:
        return int(self.uri.partition("127.0.0.1:")[2].partition("/")[0])

    def at_port(self, port: int) -> "Database":
        """Return the same database as it is reached through a proxy."""
        return Database(self.uri.replace(f":{self.port}/", f":{port}/"), self.name)


class NotRunningError(Exception):
    """A server could not be started; the text says why."""


@dataclass(slots=True)
class RunningServer:
    """A server that was started; it answers unless there is a `problem`."""

    label: str
    port: int
    process: subprocess.Popen[bytes]
    problem: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    def require_running(self) -> None:
        """Raise NotRunningError when the server did not come to answering."""
        if self.problem is not None:
            raise NotRunningError(self.problem)

    def keep_on_core(self) -> None:
        """Stay on the first core from now on; the load comes from the second."""
        if self.problem is None:
            processes.keep_on_core(self.process.pid, 0)

    def cpu_seconds(self) -> float:
        """Return the processor time used so far."""
        return processes.cpu_seconds(self.process.pid)

    def resident_mb(self) -> float:
        """Return the memory that is resident now."""
        return processes.resident_mb(self.process.pid)


def scheduler_kind(label: str = "scheduler", **environment: str) -> Kind:
    """Return this server as an operator starts it: one process, with all its limits but two.

    `environment` holds further settings; a kind with any needs a label of its own.
    """
    settings = {
        "PYTHONPATH": str(ROOT),
        "SCHEDULER_WORKERS": "1",
        "SCHEDULER_POINTS_PER_MINUTE": "0",
        # The others wait for ever, and a busy machine may need it.
        "SCHEDULER_OPERATION_TIMEOUT_SECONDS": "300",
        # None of the others writes a line for each request either.
        "SCHEDULER_LOG_LEVEL": "warning",
        **environment,
    }
    command = (str(Path(sys.executable).with_name("scheduler")), "serve")
    return Kind(label=label, server="scheduler", command=command, environment=settings)


def peer_kinds(installed: Installed) -> list[Kind]:
    """Return those of the other servers whose packages could be installed."""
    kinds = []
    if installed.python is not None:
        kinds += [_uvicorn_kind(installed.python, name) for name in ("strawberry", "ariadne")]
    if installed.node is not None:
        command = (installed.node, "server.mjs")
        production = {"NODE_ENV": "production"}
        for name, more in (("yoga", {}), ("yoga-jit", {"JIT": "1"})):
            environment = {**production, **more}
            kind = Kind(
                label=name,
                server=name,
                command=command,
                environment=environment,
                folder=NODE_PACKAGES,
            )
            kinds.append(kind)
    if installed.python is not None:
        kinds.append(_uvicorn_kind(installed.python, "static"))
    return kinds


def _uvicorn_kind(python: Path, name: str) -> Kind:
    return Kind(
        label=name,
        server=name,
        command=(
            *(str(python), "-m", "uvicorn", "--factory", "app:create_app"),
            *("--loop", "uvloop", "--http", "httptools"),
            *("--no-access-log", "--log-level", "warning", "--port", PORT),
        ),
        environment={"PYTHONPATH": f"{PEERS / name}{os.pathsep}{PEERS / 'common'}"},
        folder=PEERS / name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How servers are run; the static one answers what the file `answer` holds when it starts."""

    answer: Path
    log: Path

    @contextlib.contextmanager
    def running(self, kinds: list[Kind], database: Database) -> Iterator[list[RunningServer]]:
        """Run the servers until the end of the block."""
        servers: list[RunningServer] = []
        try:
            with self.log.open("ab") as output:
                servers.extend(self._start(kind, database, output=output) for kind in kinds)
            for server in servers:
                server.problem = self._wait_until_ready(server)
            for server in servers:
                server.keep_on_core()
            yield servers
        finally:
            for server in servers:
                server.process.send_signal(signal.SIGTERM)
            for server in servers:
                _wait_for_end(server)

    def _start(self, kind: Kind, database: Database, *, output: IO[bytes]) -> RunningServer:
        port = _free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not _is_setting(name)},
            "PORT": str(port),
            "MONGODB_URI": database.uri,
            "DATABASE_NAME": database.name,
            "SCHEMA": str(SCHEMA),
            "EVENT_VERSION": str(SCHEMA_VERSION),
            "ANSWER": str(self.answer),
            "SCHEDULER_PORT": str(port),
            "SCHEDULER_MONGODB_URI": database.uri,
            "SCHEDULER_DATABASE_NAME": database.name,
            **kind.environment,
        }
        command = [str(port) if word == PORT else word for word in kind.command]
        process = subprocess.Popen(
            command, cwd=kind.folder, env=environment, stdout=output, stderr=output
        )
        return RunningServer(kind.label, port, process)

    def _wait_until_ready(self, server: RunningServer) -> str | None:
        """Return None once the server answers, else why it never will."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if server.process.poll() is not None:
                return f"it ended at its start: {self._last_words()}"
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.post(server.url, json={"query": "{ __typename }"}, timeout=10)
                if answer.status_code == httpx.codes.OK:
                    return None
            time.sleep(0.05)
        return f"it did not become ready: {self._last_words()}"

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-1_000:].strip()


def _is_setting(name: str) -> bool:
    return name.startswith("SCHEDULER_") or name in {"PYTHONPATH", "JIT"}


def _wait_for_end(server: RunningServer) -> None:
    try:
        server.process.wait(timeout=STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
