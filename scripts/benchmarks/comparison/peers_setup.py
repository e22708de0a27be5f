"""Installing what the compared servers need, apart from this project's own packages.

The Python packages have a virtual environment of their own, the npm packages their node_modules;
both are what the lock files say, and are installed again when those change.
"""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
PEERS = Path(__file__).resolve().parent / "peers"
NODE_PACKAGES = PEERS / "yoga"
PYTHON_LOCK = PEERS / "requirements.txt"
VENV = ROOT / ".scheduler" / "benchmark-peers"
PYTHON = VENV / "bin" / "python"

# The scripts find each other by being in one folder.
sys.path.insert(0, str(ROOT / "scripts"))


class Installed(NamedTuple):
    """Where to find what runs the servers; None with the reason where it is not to be had."""

    python: Path | None
    node: str | None
    problems: tuple[str, ...]


def install_peers() -> Installed:
    """Install what is missing; what cannot be installed is left out and said so."""
    problems: list[str] = []
    python: Path | None = None
    node: str | None = None
    try:
        python = _install_python_packages()
    except (OSError, subprocess.CalledProcessError) as error:
        problems.append(f"strawberry, ariadne and static are left out: {_last_line(error)}")
    try:
        node = _install_node_packages()
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        problems.append(f"yoga and yoga-jit are left out: {_last_line(error)}")
    return Installed(python, node, tuple(problems))


def _install_python_packages() -> Path:
    stamp = VENV / "installed.txt"
    wanted = hashlib.sha256(PYTHON_LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return PYTHON
    print("bench: installing the Python packages of the compared servers …", flush=True)
    uv = str(Path(sys.executable).with_name("uv"))
    _run(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV))
    _run(
        *(uv, "pip", "sync", "--quiet", "--python", str(PYTHON)),
        *("--require-hashes", str(PYTHON_LOCK)),
    )
    stamp.write_text(wanted)
    return PYTHON


def _install_node_packages() -> str:
    from node import NodeError, find_node  # noqa: PLC0415
    from node_packages import install  # noqa: PLC0415

    try:
        install(NODE_PACKAGES)
        return find_node().node
    except NodeError as error:
        raise RuntimeError(str(error)) from error


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def _last_line(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
