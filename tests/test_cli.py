"""The `scheduler` command, as a shell or a program uses it."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.cli import COMMANDS
from tests.running_server import SCHEDULER, RunningServer, run_scheduler, running_server

Environment = dict[str, str]


@pytest.fixture(scope="module")
def server(database_uri: str) -> Iterator[RunningServer]:
    with running_server(
        SCHEDULER_MONGODB_URI=database_uri, SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}"
    ) as server:
        yield server


def run(arguments: list[str], environment: Environment) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCHEDULER, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def role_of(key: str, server: RunningServer) -> str | None:
    answer = httpx.post(
        f"{server.url}/graphql",
        json={"query": "{ viewer { role } }"},
        headers={"Authorization": f"Bearer {key}"},
    ).json()
    return answer["data"]["viewer"]["role"] if "data" in answer else None


def test_new_organization_is_answered_as_json_with_an_owner_key(server: RunningServer) -> None:
    answer = run_scheduler(
        ["organization", "create", "--name", "Búho Heating & Air", "--json"], server.environment
    )

    assert answer.keys() == {"organization", "apiKey"}
    assert answer["organization"].keys() == {"id", "name", "slug"}
    assert answer["organization"]["slug"] == "buho-heating-air"
    assert role_of(answer["apiKey"], server) == "OWNER"


def test_two_organizations_of_one_name_have_two_slugs(server: RunningServer) -> None:
    slugs = {
        run_scheduler(["organization", "create", "--name", "Twin", "--json"], server.environment)[
            "organization"
        ]["slug"]
        for _ in range(2)
    }

    assert len(slugs) == 2


def test_revoked_key_stops_working_at_once(server: RunningServer) -> None:
    organization = run_scheduler(
        ["organization", "create", "--name", "Keys", "--json"], server.environment
    )["organization"]
    created = run_scheduler(
        ["key", "create", "--organization", organization["slug"], "--name", "reports",
         "--role", "ANALYST", "--json"],
        server.environment,
    )  # fmt: skip
    assert role_of(created["secret"], server) == "ANALYST"

    revoked = run_scheduler(
        ["key", "revoke", "--prefix", created["apiKey"]["prefix"], "--json"], server.environment
    )

    assert revoked == {"revokedCount": 1}
    assert role_of(created["secret"], server) is None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["organization", "create", "--name", ""], "--name"),
        (["key", "create", "--organization", "nobody", "--name", "x"], "nobody"),
        (["key", "revoke", "--prefix", "wsk_none"], "wsk_none"),
    ],
)
def test_refusal_is_one_line(server: RunningServer, arguments: list[str], complaint: str) -> None:
    done = run(arguments, server.environment)

    assert done.returncode == 1
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_indexes_are_checked(server: RunningServer) -> None:
    done = run(["indexes", "--check"], server.environment)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_port_in_use_is_one_line(server: RunningServer, tmp_path: Path) -> None:
    done = run(["serve"], {**server.environment, "SCHEDULER_DATA_DIR": str(tmp_path)})

    assert done.returncode == 1
    assert "SCHEDULER_PORT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_misspelt_setting_is_one_line_that_names_it() -> None:
    done = run(["serve"], {**os.environ, "SCHEDULER_PROT": "8000"})

    assert done.returncode == 1
    assert "SCHEDULER_PROT" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_unreachable_database_is_one_line() -> None:
    environment = {**os.environ, "SCHEDULER_MONGODB_URI": "mongodb://127.0.0.1:9/"}

    done = run(["organization", "list"], environment)

    assert done.returncode == 1
    assert "database cannot be reached" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_nothing_of_the_embedded_database_is_loaded_when_a_uri_is_given() -> None:
    code = (
        "import asyncio, sys; from pathlib import Path\n"
        "from app.documents.connection import database_uri\n"
        "async def main():\n"
        "    async with database_uri('mongodb://x/', data_dir=Path('d')) as uri: print(uri)\n"
        "asyncio.run(main())\n"
        "print([m for m in sys.modules if 'embedded_server' in m or 'secantus' in m])\n"
    )

    done = subprocess.run(
        [str(Path(SCHEDULER).with_name("python")), "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["mongodb://x/", "[]"]


def test_help_lists_every_command_with_what_it_does() -> None:
    shown = run(["--help"], dict(os.environ)).stdout

    described = {line.split()[0] for line in shown.splitlines() if len(line.split()) > 1}
    assert set(COMMANDS) <= described


def test_a_commands_own_start_loads_neither_the_schema_nor_the_driver() -> None:
    """The process that looks for problems of routing rules begins with this import."""
    heavy = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, app.cli; print(sys.modules.keys() & {'strawberry', 'beanie', 'motor'})",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert heavy.stdout.strip() == "set()"


def test_two_workers_serve_on_one_port(database_uri: str, tmp_path: Path) -> None:
    with running_server(
        SCHEDULER_MONGODB_URI=database_uri,
        SCHEDULER_DATABASE_NAME=f"test_{uuid.uuid4().hex}",
        SCHEDULER_DATA_DIR=str(tmp_path),
        SCHEDULER_WORKERS="2",
    ) as server:
        key = server.create_organization()

        assert {role_of(key, server) for _ in range(20)} == {"OWNER"}
