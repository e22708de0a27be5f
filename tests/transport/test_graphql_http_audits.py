"""The audits of the GraphQL over HTTP draft, as npm's graphql-http runs them."""

import json
import subprocess
import sys
from pathlib import Path

from tests.running_server import RunningServer

ROOT = Path(__file__).parents[2]
FIND_NODE = "import sys; sys.path.insert(0, 'scripts'); import node; print(node.find_node().node)"


def test_every_audit_passes(server: RunningServer) -> None:
    node = subprocess.check_output([sys.executable, "-c", FIND_NODE], cwd=ROOT, text=True).strip()

    output = subprocess.check_output(
        [node, "audit.mjs", f"{server.url}/graphql"], cwd=ROOT / "tests" / "node", timeout=60
    )

    rows = json.loads(output)
    assert [row for row in rows if row["status"] != "ok"] == []
    assert len(rows) == 61
