"""Install the npm packages the tests use into tests/node/node_modules, unless they are there."""

import sys
from pathlib import Path

from node import NodeError, find_node

DIRECTORY = Path(__file__).resolve().parent.parent / "tests" / "node"


def main() -> int:
    lock = DIRECTORY / "package-lock.json"
    stamp = DIRECTORY / "node_modules" / ".installed-lock.json"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return 0
    print("test: installing the npm packages of tests/node …", flush=True)
    try:
        find_node().install_locked_packages(DIRECTORY)
    except NodeError as error:
        print(f"test: {error}", file=sys.stderr)
        return 1
    stamp.write_bytes(lock.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
