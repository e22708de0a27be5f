"""Make .venv hold the locked dependencies and this project. Standard library only.

The stamp is removed first and written last, so a run that was interrupted is repeated.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup-stamp"
LOCK = ROOT / "requirements" / "dev.txt"
INSTALLER_LOCK = ROOT / "requirements" / "uv.txt"


def main() -> int:
    # Two commands may be started at once; the second waits and then finds the work done.
    with LOCK.open() as exclusive:
        fcntl.flock(exclusive, fcntl.LOCK_EX)
        wanted = fingerprint()
        if STAMP.exists() and STAMP.read_text() == wanted:
            return 0
        started = time.monotonic()
        try:
            install()
        except subprocess.CalledProcessError as error:
            say(f"failed: {' '.join(map(str, error.cmd))}")
            return 1
        STAMP.write_text(wanted)
        say(f"done in {time.monotonic() - started:.0f} s")
        return 0


def fingerprint() -> str:
    """Return a digest of all that decides what .venv must hold; it cannot be moved."""
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (LOCK, INSTALLER_LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def install() -> None:
    STAMP.unlink(missing_ok=True)
    if not is_usable():
        make_venv()
    say("installing the locked dependencies")
    run(
        *(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "-r", INSTALLER_LOCK),
    )
    uv = (VENV / "bin" / "uv", "pip")
    run(*uv, "sync", "--python", PYTHON, "--require-hashes", LOCK)
    say("installing this project")
    run(
        *(*uv, "install", "--python", PYTHON),
        *("--no-deps", "--no-build-isolation", "--editable", ROOT),
    )


def is_usable() -> bool:
    """Return whether .venv was made here and completely."""
    if not (PYTHON.exists() and (VENV / "bin" / "pip").exists()):
        return False
    command = (PYTHON, "-c", "import pip, sys; print(sys.prefix)")
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.returncode == 0 and Path(found.stdout.strip()) == VENV


def make_venv() -> None:
    say(f"making .venv with Python {sysconfig.get_python_version()}")
    # This may be the Python of the .venv to be replaced, which has to outlive it.
    base = Path(sys.base_prefix) / "bin" / f"python{sysconfig.get_python_version()}"
    interpreter = base if base.exists() else Path(sys.executable)
    shutil.rmtree(VENV, ignore_errors=True)
    run(interpreter, "-m", "venv", VENV)


def run(*command: str | Path) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("interrupted; run it again to finish")
        sys.exit(130)
