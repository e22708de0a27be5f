"""Advisory file locks (`flock`): the kernel releases them when their holder dies, however it dies.

A lock belongs to one opening of a file, so two openings in one process exclude each other too, and
a process started with that opening as its standard input goes on holding the lock. A lock file is
never deleted: a lock on a deleted file excludes nobody.
"""

import asyncio
import fcntl
import os
import time
from pathlib import Path

_POLL_SECONDS = 0.02


def open_lock_file(path: Path) -> int:
    """Return a new opening of `path`, made when missing; the caller closes it."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock_exclusive(fd: int) -> bool:
    """Return whether the exclusive lock was taken; a shared one that `fd` held is given up."""
    return _try_lock(fd, fcntl.LOCK_EX)


def try_lock_shared(fd: int) -> bool:
    """Return whether a shared lock was taken; an exclusive one that `fd` held is given up."""
    return _try_lock(fd, fcntl.LOCK_SH)


async def lock_exclusive(fd: int, *, timeout_seconds: float) -> bool:
    """Wait for the exclusive lock; return whether it was taken within `timeout_seconds`."""
    deadline = time.monotonic() + timeout_seconds
    while not try_lock_exclusive(fd):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


def is_locked_exclusive(path: Path) -> bool:
    """Return whether somebody holds the exclusive lock of `path`."""
    fd = open_lock_file(path)
    try:
        return not try_lock_shared(fd)
    finally:
        os.close(fd)


def _try_lock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
