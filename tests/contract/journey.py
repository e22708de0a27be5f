"""Playing the journey: one whole booking, from an empty organization to the last slot."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast, visit
from graphql.language import FragmentSpreadNode, Visitor

HERE = Path(__file__).parent
TUESDAY = 1
MISSING = object()


def load_operations(*names: str) -> dict[str, str]:
    """Return each operation of the files with the fragments it needs, by name."""
    operations: dict[str, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    for name in names:
        for node in parse((HERE / name).read_text()).definitions:
            if isinstance(node, OperationDefinitionNode) and node.name:
                operations[node.name.value] = node
            elif isinstance(node, FragmentDefinitionNode):
                fragments[node.name.value] = node
    return {name: _with_fragments(node, fragments) for name, node in operations.items()}


def _with_fragments(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> str:
    needed: dict[str, FragmentDefinitionNode] = {}

    class Collector(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
            name = node.name.value
            if name not in needed:
                needed[name] = fragments[name]
                visit(fragments[name], Collector())

    visit(operation, Collector())
    return "\n".join(print_ast(node) for node in (operation, *needed.values()))


def slot_variables(now: datetime) -> dict[str, str]:
    """Return the date and bounds of the slot the journey books: 08:00-12:00 in New York."""
    zone = ZoneInfo("America/New_York")
    day = (now.astimezone(zone) + timedelta(days=3)).date()
    while day.weekday() != TUESDAY:
        day += timedelta(days=1)
    start = datetime(day.year, day.month, day.day, 8, tzinfo=zone)
    return {
        "slotDate": day.isoformat(),
        "slotStart": _to_utc(start),
        "slotEnd": _to_utc(start.replace(hour=12)),
    }


def _to_utc(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Journey:
    """The journey's requests, played in order against a server."""

    def __init__(self, url: str, *, admin_key: str, now: datetime) -> None:
        self._url = url
        self.admin_key = admin_key
        self._operations = load_operations("widget.graphql", "admin.graphql")
        self.kept: dict[str, Any] = dict(slot_variables(now))
        self.requests: list[dict[str, Any]] = json.loads((HERE / "journey.json").read_text())[
            "requests"
        ]

    def play(self) -> None:
        """Send every request; raises AssertionError at the first that answers otherwise."""
        for index, request in enumerate(self.requests):
            data = self.send(
                request["send"], self._fill(request["variables"]), credential=request["as"]
            )
            for name, path in request.get("keep", {}).items():
                self.kept[name] = look_up(data, path)
            for path, expected in request.get("expect", {}).items():
                actual = look_up(data, path)
                wanted = self._fill(expected)
                assert actual == wanted, (index, request["send"], path, actual, wanted, data)

    def send(self, operation: str, variables: Any, *, credential: str) -> Any:
        """Return the data an operation answers; raises AssertionError for top-level errors."""
        tokens = {"admin": self.admin_key, "session": self.kept.get("sessionToken")}
        token = tokens.get(credential)
        answer = httpx.post(
            f"{self._url}/graphql",
            json={"query": self._operations[operation], "variables": variables},
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=30,
        ).json()
        assert "errors" not in answer, (operation, answer["errors"])
        return answer["data"]

    def _fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._fill(item) for item in value]
        if isinstance(value, str) and re.fullmatch(r"\$\w+", value):
            return self.kept[value[1:]]
        return value


def look_up(data: Any, path: str) -> Any:
    """Return the value at a dotted path; list indexes are numbers."""
    for part in path.split("."):
        data = data[int(part)] if isinstance(data, list) else data.get(part, MISSING)
        assert data is not MISSING, f"nothing at {path}"
    return data
