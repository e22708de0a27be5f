"""The programs of the quick start are compiled against the schema, and run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.node_scripts import ROOT, find_node
from tests.running_server import running_server

QUICK_START = ROOT / "docs" / "quick-start"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the quick start's folder, with the schema where it expects it."""
    copy = tmp_path / "docs" / "quick-start"
    generated = shutil.ignore_patterns("node_modules", "dist", "generated")
    shutil.copytree(QUICK_START, copy, ignore=generated)
    (copy / "node_modules").symlink_to(QUICK_START / "node_modules")
    shutil.copy(ROOT / "schema.graphql", tmp_path)
    return copy


def run_node(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    node = find_node()
    path = os.pathsep.join((str(Path(node).parent), os.environ["PATH"]))
    return subprocess.run(
        [node, *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Do what `npm run build` does."""
    generated = run_node(folder, "node_modules/.bin/graphql-codegen")
    if generated.returncode:
        return generated
    return run_node(folder, "node_modules/.bin/tsc")


def test_programs_compile_and_the_admin_app_runs(folder: Path, database_uri: str) -> None:
    built = build(folder)
    assert (built.returncode, built.stdout) == (0, "")

    with running_server(
        SCHEDULER_MONGODB_URI=database_uri, SCHEDULER_DATABASE_NAME="quick_start"
    ) as server:
        key = server.create_organization("Harbor")
        endpoint = f"{server.url}/graphql"
        ran = run_node(folder, "dist/admin.js", endpoint, key)
        refused = run_node(folder, "dist/widget.js", endpoint, "no-key")

    assert ran.stdout.splitlines() == ["Harbor, as OWNER", "Furnace tune-up"]
    assert "there is no widget with this publishable key" in refused.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("{ isCovered }", "{ isCoverd }", "isCoverd"),
        ("{ key, context }", "{ key: 7, context }", "error TS2322"),
    ],
)
def test_misspelt_field_and_a_wrong_variable_do_not_compile(
    right: str, wrong: str, complaint: str, folder: Path
) -> None:
    source = folder / "src" / "widget.ts"
    text = source.read_text()
    assert text.count(right) == 1
    source.write_text(text.replace(right, wrong))

    built = build(folder)

    assert built.returncode != 0
    assert complaint in built.stdout + built.stderr
