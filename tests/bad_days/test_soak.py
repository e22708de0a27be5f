"""The soak, at a size that every run of the tests carries: half a minute of all that goes wrong."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from scripts.soaking.options import FaultKind
from tests.running_server import SCHEDULER

# A killed worker keeps its bookings for fifty seconds; killing workers is tested by the outbox.
KINDS = [kind for kind in FaultKind if kind not in {FaultKind.KILL_WORKER, FaultKind.DATABASE_AWAY}]
LONGEST_SECONDS = 300


def a_soak(folder: Path, *, minutes: float) -> subprocess.Popen[str]:
    options = ("--minutes", str(minutes), "--customers", "8", "--folder", str(folder))
    command = [sys.executable, "-m", "scripts.soaking", *options, "--faults", *KINDS]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def left_running(folder: Path) -> list[bytes]:
    """Return the command lines of the processes that use the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (
                (process / name).read_bytes() for name in ("cmdline", "environ")
            )
        except OSError:
            continue
        if str(folder).encode() in command + environment:
            found.append(command)
    return found


def test_half_a_minute_of_everything_that_goes_wrong_breaks_no_promise(tmp_path: Path) -> None:
    soak = a_soak(tmp_path, minutes=0.5)

    _, said = soak.communicate(timeout=LONGEST_SECONDS)

    assert soak.returncode == 0, said
    assert "BROKEN" not in said
    assert left_running(tmp_path) == []


def test_interrupted_soak_leaves_nothing_running(tmp_path: Path) -> None:
    soak = a_soak(tmp_path, minutes=5)
    deadline = time.monotonic() + 60
    while not any(SCHEDULER.encode() in command for command in left_running(tmp_path)):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    soak.send_signal(signal.SIGINT)
    _, said = soak.communicate(timeout=LONGEST_SECONDS)

    assert soak.returncode == 130, said
    assert left_running(tmp_path) == []
