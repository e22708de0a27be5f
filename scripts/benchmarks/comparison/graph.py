"""Service-selection graphs of any size: a root question, branches, services at their ends.

Most branches lead by an answer to a question with three answers, each with a service (eight nodes);
what is left over becomes answers with a service (two nodes) and, at last, a service of the root.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

NODES_PER_BRANCH = 8
NODES_PER_ANSWER = 2


def build_graph(
    node_count: int,
    *,
    question_ids: Sequence[str],
    service_ids: Sequence[str],
    category_ids: Sequence[str],
) -> dict[str, Any]:
    """Return a publishable graph of `node_count` nodes, at least three, as it is stored."""
    builder = _Builder(question_ids, service_ids, category_ids)
    root = builder.add_question(None)
    left = node_count - 1
    while left >= NODES_PER_BRANCH:
        inner = builder.add_question(builder.add_answer(root))
        for _ in range(3):
            builder.add_service(builder.add_answer(inner))
        left -= NODES_PER_BRANCH
    while left >= NODES_PER_ANSWER:
        builder.add_service(builder.add_answer(root))
        left -= NODES_PER_ANSWER
    if left:
        builder.add_service(root)
    return {"root_node_id": root, "nodes": builder.nodes, "edges": builder.edges}


class _Builder:
    def __init__(
        self, question_ids: Sequence[str], service_ids: Sequence[str], category_ids: Sequence[str]
    ) -> None:
        self._question_ids = cycle(question_ids)
        self._service_ids = cycle(service_ids)
        self._category_ids = cycle(category_ids)
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, Any]] = []

    def add_question(self, parent: str | None) -> str:
        return self._add(
            parent, {"type": "question_reference"} | {"question_id": next(self._question_ids)}
        )

    def add_answer(self, parent: str) -> str:
        number = len(self.nodes)
        return self._add(
            parent,
            {
                "type": "answer_reference",
                "answer_content": {"text": f"Answer {number}"},
                "answer_category_id": next(self._category_ids),
            },
        )

    def add_service(self, parent: str) -> str:
        return self._add(
            parent, {"type": "service_reference", "service_id": next(self._service_ids)}
        )

    def _add(self, parent: str | None, node: dict[str, Any]) -> str:
        node_id = f"node-{len(self.nodes)}"
        self.nodes.append({"id": node_id, **node})
        if parent is not None:
            edge = {"id": f"edge-{len(self.edges)}"}
            self.edges.append({**edge, "source_node_id": parent, "target_node_id": node_id})
        return node_id
