"""Putting one server under load, by a process of its own on the other core."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from scripts.benchmarks.comparison.agreement import DisagreementError
from scripts.benchmarks.comparison.figures import Round
from scripts.benchmarks.comparison.load_generator import Plan
from scripts.benchmarks.comparison.results import Measured
from scripts.benchmarks.comparison.servers import ROOT, NotRunningError, RunningServer

NO_END = 10**9

Say = Callable[[str], None]

FAILURES = (
    DisagreementError,
    NotRunningError,
    OSError,
    httpx.HTTPError,
    subprocess.CalledProcessError,
)


class Load:
    """The requests to one server; each run goes on where the last one stopped."""

    def __init__(self, server: RunningServer, plan: Plan, folder: Path) -> None:
        self.server = server
        self.sent = 0
        self._plan = folder / f"{server.port}.json"
        self._plan.write_text(json.dumps(plan._asdict()))

    def run(self, *, clients: int, seconds: float, most: int = NO_END) -> Round:
        """Return what came of so many clients for so long, or of so many requests.

        Raises DisagreementError when an answer is no success.
        """
        before = self.server.cpu_seconds()
        command = (
            *(sys.executable, "-m", "scripts.benchmarks.comparison.load_generator"),
            *("--port", str(self.server.port), "--plan", str(self._plan)),
            *("--clients", str(clients), "--seconds", str(seconds)),
            *("--most", str(most), "--first-count", str(self.sent)),
        )
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        said, _ = process.communicate()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        answered = json.loads(said)
        failure = answered.pop("failure")
        if failure is not None:
            raise DisagreementError(f"under load it answers {failure[:300]}")
        self.sent += answered["request_count"]
        return Round(cpu_seconds=self.server.cpu_seconds() - before, **answered)


@contextmanager
def noting_problems(measured: Measured, say: Say, label: str) -> Iterator[None]:
    """Keep what goes wrong with one server from ending the run; it is measured no further."""
    try:
        yield
    except FAILURES as error:
        measured.problem = str(error)
        say(f"{label} is measured no further: {error}")
