"""Install the npm packages the tests use into their node_modules, unless they are there."""

import sys
from pathlib import Path

from node import NodeError, find_node

ROOT = Path(__file__).resolve().parent.parent
DIRECTORIES = (ROOT / "tests" / "node", ROOT / "docs" / "quick-start")


def main() -> int:
    try:
        for directory in DIRECTORIES:
            install(directory)
    except NodeError as error:
        print(f"test: {error}", file=sys.stderr)
        return 1
    return 0


def install(directory: Path) -> None:
    lock = directory / "package-lock.json"
    stamp = directory / "node_modules" / ".installed-lock.json"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    print(f"test: installing the npm packages of {directory.relative_to(ROOT)} …", flush=True)
    find_node().install_locked_packages(directory)
    stamp.write_bytes(lock.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
