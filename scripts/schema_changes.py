"""Tell which changes of the schema break clients of the last release without being announced.

A change is announced by its path between backticks, such as `Query.scheduler`, in the part of
CHANGELOG.md above the heading of that release.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from node import find_node

ROOT = Path(__file__).resolve().parent.parent
NODE_SCRIPTS = ROOT / "tests" / "node"


def find_breaking_changes(before: str, after: str) -> list[dict[str, str]]:
    """Return path and message of each change that breaks a client."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("before.graphql", "after.graphql")]
        for file, text in zip(files, (before, after), strict=True):
            file.write_text(text)
        command = [find_node().node, "schema_changes.mjs", *map(str, files)]
        output = subprocess.check_output(command, cwd=NODE_SCRIPTS)
    return list(json.loads(output))


def find_unannounced(
    changes: list[dict[str, str]], *, changelog: str, release: str
) -> list[dict[str, str]]:
    """Return the changes whose path the changelog does not name above the release's heading."""
    heading = rf"^## \[?{re.escape(release.removeprefix('v'))}\b"
    news = re.split(heading, changelog, flags=re.MULTILINE)[0]
    return [change for change in changes if f"`{change['path']}`" not in news]


def _git(*arguments: str) -> str | None:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


def main() -> int:
    release = (_git("describe", "--tags", "--abbrev=0", "--match", "v*") or "").strip()
    released = _git("show", f"{release}:schema.graphql") if release else None
    if released is None:
        print("schema: there is no release to compare with")
        return 0
    changes = find_breaking_changes(released, (ROOT / "schema.graphql").read_text())
    changelog = ROOT / "CHANGELOG.md"
    news = changelog.read_text() if changelog.exists() else ""
    unannounced = find_unannounced(changes, changelog=news, release=release)
    for change in unannounced:
        print(f"schema: breaks clients of {release}: `{change['path']}` {change['message']}")
    return 1 if unannounced else 0


if __name__ == "__main__":
    sys.exit(main())
