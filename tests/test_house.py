"""What the scripts and the image promise."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


def locked(file: str) -> dict[str, str]:
    """Return the versions that a lock pins, by package name."""
    text = (ROOT / "requirements" / file).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text, flags=re.MULTILINE))


def is_satisfied(requirement: Requirement, versions: dict[str, str]) -> bool:
    version = versions.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def test_locks_satisfy_every_requirement_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "runtime.txt": [*project["dependencies"], *extras["telemetry"]],
        "dev.txt": [
            line for lines in (project["dependencies"], *extras.values()) for line in lines
        ],
    }
    unsatisfied = [
        (file, line)
        for file, lines in wanted.items()
        for line in lines
        if not is_satisfied(Requirement(line), locked(file))
    ]
    assert unsatisfied == []


def test_next_drivers_lock_differs_in_nothing_but_the_driver() -> None:
    tested, following = locked("dev.txt"), locked("next-driver.txt")
    differing = {name for name in tested | following if tested.get(name) != following.get(name)}
    assert differing == {"beanie", "lazy-model"}
    assert (tested["beanie"].split(".")[0], following["beanie"].split(".")[0]) == ("1", "2")


def test_no_module_but_the_driver_and_its_two_sides_imports_a_driver() -> None:
    imports = re.compile(r"^\s*(?:from|import) (?:motor|pymongo|gridfs|bson)\b", re.MULTILINE)
    knowing = {
        path.name for path in (ROOT / "app").rglob("*.py") if imports.search(path.read_text())
    }
    assert knowing == {"driver.py", "driver_motor.py", "driver_pymongo.py"}


def test_image_has_the_versions_that_are_tested_and_no_embedded_database() -> None:
    tested = locked("dev.txt")
    runtime = locked("runtime.txt")
    assert {name: tested[name] for name in runtime} == runtime
    assert "secantusdb" not in runtime


def test_last_stage_of_the_image_runs_nothing_as_root_and_builds_nothing() -> None:
    last_stage = (ROOT / "Dockerfile").read_text().split("\nFROM ")[-1]
    assert re.findall(r"^USER (.*)$", last_stage, flags=re.MULTILINE) == ["10001:10001"]
    assert not re.search(r"^RUN ", last_stage, flags=re.MULTILINE)


@pytest.mark.parametrize(("status", "is_healthy"), [(200, True), (503, False)])
def test_health_check_of_the_image_follows_readiness(*, status: int, is_healthy: bool) -> None:
    class Readiness(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    dockerfile = (ROOT / "Dockerfile").read_text()
    check = re.search(r"HEALTHCHECK [^[]*CMD (\[.*\])", dockerfile)
    assert check is not None
    _, *arguments = json.loads(check[1])
    with http.server.HTTPServer(("127.0.0.1", 0), Readiness) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answer = subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "SCHEDULER_PORT": str(server.server_port)},
            stderr=subprocess.DEVNULL,
            check=False,
        )
        server.shutdown()
    assert (answer.returncode == 0) is is_healthy
