"""The audits of the GraphQL over HTTP draft, as npm's graphql-http runs them."""

import json
import subprocess

from tests.node_scripts import NODE_SCRIPTS, find_node
from tests.running_server import RunningServer


def test_every_audit_passes(server: RunningServer) -> None:
    output = subprocess.check_output(
        [find_node(), "audit.mjs", f"{server.url}/graphql"], cwd=NODE_SCRIPTS, timeout=60
    )

    rows = json.loads(output)
    assert [row for row in rows if row["status"] != "ok"] == []
    assert len(rows) == 61
