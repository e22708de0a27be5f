"""A server started as a process of its own, as an operator starts it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

SCHEDULER = str(Path(sys.executable).with_name("scheduler"))
START_TIMEOUT_SECONDS = 60


class RunningServer(NamedTuple):
    """Where a server answers, and the environment that reaches its database."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def create_organization(self, name: str = "Harbor") -> str:
        """Return the OWNER key of a new organization."""
        answer = run_scheduler(
            ["organization", "create", "--name", name, "--json"], self.environment
        )
        return str(answer["apiKey"])


def run_scheduler(arguments: list[str], environment: dict[str, str]) -> Any:
    """Return what a `scheduler … --json` command answers."""
    done = subprocess.run(
        [SCHEDULER, *arguments], env=environment, capture_output=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


@contextmanager
def running_server(
    *, application: str | None = None, log: str | None = None, **settings: str
) -> Iterator[RunningServer]:
    """Run `scheduler serve` with the settings on a free port until the end of the block.

    With `application`, that ASGI factory is served by plain uvicorn instead. What the server says
    is appended to the file `log`.
    """
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_PORT": str(port),
        **settings,
    }
    command = [SCHEDULER, "serve"]
    if application is not None:
        uvicorn = (sys.executable, "-m", "uvicorn", "--factory", "--no-access-log")
        command = [*uvicorn, "--port", str(port), application]
    with contextlib.ExitStack() as files:
        errors = None if log is None else files.enter_context(Path(log).open("ab"))
        process = subprocess.Popen(command, env=environment, stderr=errors)
    server = RunningServer(f"http://127.0.0.1:{port}", environment, process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(server: RunningServer) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {server.process.returncode}")
        try:
            if httpx.get(f"{server.url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the server did not become ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
