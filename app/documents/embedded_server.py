"""Sharing one embedded database among all commands with the same data directory.

Every user holds a shared lock for as long as it uses the database; the last one to leave stops it.
A killed user loses its lock by itself, so the database it may leave behind is adopted by the next.
Every user also watches: whoever first finds the database dead starts it again on the same port.
"""

import asyncio
import contextlib
import logging
import os
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

from app.documents.embedded_error import EmbeddedDatabaseError
from app.documents.embedded_process import (
    DatabaseFiles,
    PortInUseError,
    find_free_port,
    is_alive,
    read_runtime,
    start,
    stop,
    uri_of,
    wait_until_ready,
)
from app.documents.file_lock import (
    lock_exclusive,
    open_lock_file,
    try_lock_exclusive,
    try_lock_shared,
)

__all__ = ["EmbeddedDatabaseError", "embedded_database"]

_LIFECYCLE_TIMEOUT_SECONDS = 90.0  # More than a slow start or a slow stop takes.
_WATCH_SECONDS = 0.25
_LONGEST_BACKOFF_SECONDS = 30.0
_STABLE_SECONDS = 60.0
_FREE_PORT_TRIES = 3

_log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def embedded_database(*, data_dir: Path) -> AsyncIterator[str]:
    """Yield the URI of the embedded database in `data_dir`, started unless it runs already.

    The URI stays good until the end of the block, also when the database dies and is restarted.
    Raises `EmbeddedDatabaseError`.
    """
    user = _User(data_dir)
    try:
        port = await user.enter()
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The data directory {data_dir} cannot be used ({error.strerror}: {error.filename}); "
            "set SCHEDULER_DATA_DIR to a folder that can be written"
        ) from error
    watching = asyncio.create_task(user.watch(port))
    try:
        yield uri_of(port)
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await user.leave()


class _User:
    """One user of a shared database, from `enter` to `leave`."""

    def __init__(self, data_dir: Path) -> None:
        self._files = DatabaseFiles(data_dir.absolute())
        self._membership: int | None = None
        self._child: subprocess.Popen[bytes] | None = None

    async def enter(self) -> int:
        """Return the port of the running database, with the membership lock held."""
        self._files.storage.mkdir(parents=True, exist_ok=True)
        self._files.clean_folder.mkdir(exist_ok=True)
        async with _lifecycle(self._files):
            self._membership = open_lock_file(self._files.users_lock)
            is_alone = try_lock_exclusive(self._membership)
            try_lock_shared(self._membership)  # Nobody asks for more without the lifecycle lock.
            try:
                return await self._find_or_start(is_alone=is_alone)
            except BaseException:
                await self._resign()
                raise

    async def leave(self) -> None:
        """Give up the membership; the last user to do so stops the database."""
        try:
            async with _lifecycle(self._files):
                await self._resign()
        except FileNotFoundError:
            # The data directory was deleted under us: nobody can find that database any more.
            if self._child is not None:
                self._child.kill()
        finally:
            if self._membership is not None:
                os.close(self._membership)

    async def watch(self, port: int) -> None:
        """Start the database again on `port` whenever it dies, at growing intervals."""
        backoff_seconds = 0.0
        alive_since = time.monotonic()
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                if is_alive(self._files):
                    continue
            except FileNotFoundError:
                _log.error("The data directory %s was deleted while in use", self._files.data_dir)
                return
            if time.monotonic() - alive_since > _STABLE_SECONDS:
                backoff_seconds = 0.0
            await asyncio.sleep(backoff_seconds)
            backoff_seconds = min(backoff_seconds * 2 or 0.5, _LONGEST_BACKOFF_SECONDS)
            await self._revive(port)
            alive_since = time.monotonic()

    async def _revive(self, port: int) -> None:
        try:
            async with _lifecycle(self._files):
                if is_alive(self._files):
                    return
                _log.error("The embedded database died; starting it again on port %d", port)
                await self._start(port)
        except (EmbeddedDatabaseError, OSError) as error:
            _log.error("The embedded database could not be started again: %s", error)

    async def _find_or_start(self, *, is_alone: bool) -> int:
        if is_alive(self._files):
            log_end = self._files.log.stat().st_size if self._files.log.exists() else 0
            try:
                return (await wait_until_ready(self._files, log_start=log_end)).port
            except EmbeddedDatabaseError:
                if is_alive(self._files):
                    raise
                # It was on its way out: whoever was stopping it has been killed.
        last = read_runtime(self._files)
        if last and not is_alone:
            # It has just died, and the others have its address.
            return await self._start(last.port)
        return await self._start_on_free_port()

    async def _start_on_free_port(self) -> int:
        # Another program may be given the port between our look and our start.
        for _ in range(_FREE_PORT_TRIES - 1):
            with contextlib.suppress(PortInUseError):
                return await self._start(find_free_port())
        return await self._start(find_free_port())

    async def _start(self, port: int) -> int:
        self._reap()
        self._child = await start(self._files, port=port)
        return port

    async def _resign(self) -> None:
        if self._membership is None:
            return
        membership, self._membership = self._membership, None
        try:
            if try_lock_exclusive(membership):
                await stop(self._files)
        finally:
            os.close(membership)
            self._reap()

    def _reap(self) -> None:
        """Let the system forget a dead child; one that others still use lives on."""
        if self._child is not None and not is_alive(self._files):
            self._child.wait()


@contextlib.asynccontextmanager
async def _lifecycle(files: DatabaseFiles) -> AsyncIterator[None]:
    """Exclude every other user's start, adoption and stop of the database."""
    fd = open_lock_file(files.lifecycle_lock)
    try:
        if not await lock_exclusive(fd, timeout_seconds=_LIFECYCLE_TIMEOUT_SECONDS):
            raise EmbeddedDatabaseError(
                f"Another command has been starting or stopping the embedded database in "
                f"{files.data_dir} for over {_LIFECYCLE_TIMEOUT_SECONDS:.0f} s"
            )
        yield
    finally:
        os.close(fd)
