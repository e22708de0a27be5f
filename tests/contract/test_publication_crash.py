"""A server killed while it publishes leaves the old state or the new one, never a part."""

import os
import random
import signal
import threading
from pathlib import Path
from typing import Any

import httpx

from tests.contract.journey import load_operations
from tests.running_server import RunningServer, running_server

OPERATIONS = load_operations("admin.graphql")
ROUNDS = 3
LONGEST_LIFE_SECONDS = 1.0
STATES = """query ($id: ID!) { bookingFlow(id: $id) {
  version
  revision
  ...State
  revisions(first: 100) { nodes { revision bookingFlow { ...State } } }
} }
fragment State on BookingFlow {
  content { title } steps { ... on BookingFlowStepBase { id stepConfig { title } } }
}"""


class Editor:
    """Renames a flow with all its steps and publishes it, again and again."""

    def __init__(self, key: str) -> None:
        self._headers = {"Authorization": f"Bearer {key}"}
        self._names = iter(range(1_000_000))
        self.flow_id = ""
        self.acknowledged_revision = 0

    def send(self, server: RunningServer, operation: str, variables: Any) -> Any:
        answer = httpx.post(
            f"{server.url}/graphql",
            json={"query": OPERATIONS.get(operation, operation), "variables": variables},
            headers=self._headers,
            timeout=30,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def create(self, server: RunningServer) -> None:
        service = {"serviceContent": {"title": "Repair"}}
        data = self.send(server, "CreateBookingService", {"input": service})
        self._service_id = data["createBookingService"]["bookingService"]["id"]
        question = {"questionContent": {"title": "What?", "uniqueName": "what"}, "answers": []}
        data = self.send(server, "CreateBookingQuestion", {"input": question})
        self._question_id = data["createBookingQuestion"]["bookingQuestion"]["id"]
        content = {"content": {"title": "start"}, "steps": self._steps("start")}
        data = self.send(server, "CreateBookingFlow", {"input": content})
        flow = data["createBookingFlow"]["bookingFlow"]
        self.flow_id = flow["id"]
        self._step_ids = [step["id"] for step in flow["steps"]]

    def edit_and_publish(self, server: RunningServer) -> None:
        """Go on until the server is gone."""
        version = self.read(server)["version"]
        while True:
            name = f"name {next(self._names)}"
            reference = {"id": self.flow_id, "expectedVersion": version}
            steps = self._steps(name, self._step_ids)
            change = {**reference, "content": {"title": name}, "steps": steps}
            try:
                data = self.send(server, "UpdateBookingFlow", {"input": change})
                version = data["updateBookingFlow"]["bookingFlow"]["version"]
                publish = {"id": self.flow_id, "expectedVersion": version}
                data = self.send(server, "PublishBookingFlow", {"input": publish})
            except httpx.TransportError:
                return
            flow = data["publishBookingFlow"]["bookingFlow"]
            version, self.acknowledged_revision = flow["version"], flow["revision"]

    def read(self, server: RunningServer) -> Any:
        return self.send(server, STATES, {"id": self.flow_id})["bookingFlow"]

    def _steps(self, name: str, ids: list[str] | None = None) -> list[dict[str, Any]]:
        graph = {
            "rootNodeId": "q",
            "nodes": [
                {"questionReference": {"id": "q", "questionId": self._question_id}},
                {"serviceReference": {"id": "s", "serviceId": self._service_id}},
            ],
            "edges": [{"id": "e", "sourceNodeId": "q", "targetNodeId": "s"}],
        }
        steps: list[dict[str, Any]] = [{"serviceSelection": {"typeConfig": graph}}]
        steps += [{"details": {"typeConfig": {"fields": [FIELD]}}}, {"summary": {"typeConfig": {}}}]
        for position, step in enumerate(steps):
            (content,) = step.values()
            content["stepConfig"] = {"title": name}
            if ids:
                content["id"] = ids[position]
        return steps


FIELD = {"key": "notes", "label": "Notes", "inputType": "TEXT"}


def names_in(state: Any) -> set[str]:
    assert len(state["steps"]) == 3
    return {state["content"]["title"], *(step["stepConfig"]["title"] for step in state["steps"])}


def test_server_killed_while_publishing_leaves_whole_drafts_and_revisions(tmp_path: Path) -> None:
    chance = random.Random(20)  # noqa: S311 - no secret.
    editor: Editor | None = None
    for _ in range(ROUNDS):
        with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
            if editor is None:
                editor = Editor(server.create_organization())
                editor.create(server)
            delay = chance.uniform(0.2, LONGEST_LIFE_SECONDS)
            killer = threading.Timer(delay, os.kill, (server.process.pid, signal.SIGKILL))
            killer.start()
            editor.edit_and_publish(server)
            killer.join()
    assert editor is not None
    with running_server(SCHEDULER_DATA_DIR=str(tmp_path)) as server:
        flow = editor.read(server)

    assert editor.acknowledged_revision > 0
    assert flow["revision"] in {editor.acknowledged_revision, editor.acknowledged_revision + 1}
    assert len(names_in(flow)) == 1
    revisions = flow["revisions"]["nodes"]
    assert [r["revision"] for r in revisions] == list(range(flow["revision"], 0, -1))
    published = [names_in(revision["bookingFlow"]) for revision in revisions]
    assert {len(names) for names in published} == {1}
    assert len({name for names in published for name in names}) == len(revisions)
