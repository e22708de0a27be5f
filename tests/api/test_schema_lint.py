"""What the linters of GraphQL's own world say of the schema."""

import os
import subprocess

from schema_changes import find_breaking_changes, find_unannounced

from app.api.schema import schema
from tests.node_scripts import NODE_SCRIPTS, ROOT, find_node

ESLINT = "node_modules/eslint/bin/eslint.js"


def lint(sdl: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [find_node(), ESLINT, "--stdin", "--stdin-filename", "schema.graphql"],
        input=sdl,
        cwd=NODE_SCRIPTS,
        env={**os.environ, "SCHEMA_FILE": str(ROOT / "schema.graphql")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_eslint_finds_nothing_in_the_schema() -> None:
    done = lint(schema.as_str())

    assert (done.returncode, done.stdout) == (0, "")


def test_eslint_would_find_a_name_and_a_missing_description() -> None:
    done = lint(f"{schema.as_str()}\ntype badly_named {{ get_it: Int }}\n")

    assert done.returncode == 1
    assert "@graphql-eslint/naming-convention" in done.stdout
    assert "@graphql-eslint/require-description" in done.stdout


def test_breaking_changes_must_be_announced_above_the_release() -> None:
    before = "type Query { a: Int b: Int }"
    after = "type Query { a: String! c: Int }"

    changes = find_breaking_changes(before, after)
    unannounced = find_unannounced(
        changes,
        changelog="## Unreleased\n`Query.b` is gone.\n## 0.1.0\n`Query.a`",
        release="v0.1.0",
    )

    assert {change["path"] for change in changes} == {"Query.a", "Query.b"}
    assert [change["path"] for change in unannounced] == ["Query.a"]
