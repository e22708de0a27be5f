"""The scripts of `tests/node`, run by the Node that the set-up chose."""

from pathlib import Path

from node import find_node as _find_node

ROOT = Path(__file__).parents[1]
NODE_SCRIPTS = ROOT / "tests" / "node"


def find_node() -> str:
    """Return the path of Node."""
    return _find_node().node
