"""Where the nodes of a service-selection graph stand in a picture, from left to right."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Children = Mapping[str, Sequence[str]]


class Place(NamedTuple):
    """A column and a row, both from 0."""

    column: int
    row: int


def choose_nodes(
    root: str, children: Children, weights: Mapping[str, int], *, at_most: int
) -> set[str]:
    """Return the root and those nodes that follow it through the heaviest ones, no more than so."""
    chosen: set[str] = set()
    # The second number keeps the order of the graph among nodes of the same weight.
    waiting = [(0, 0, root)]
    seen = 1
    while waiting and len(chosen) < at_most:
        _, _, node = heapq.heappop(waiting)
        if node in chosen:
            continue
        chosen.add(node)
        for child in children.get(node, ()):
            heapq.heappush(waiting, (-weights.get(child, 0), seen, child))
            seen += 1
    return chosen


def lay_out(root: str, children: Children, drawn: Collection[str]) -> dict[str, Place]:
    """Return the place of each node drawn, every one right of all that lead to it.

    A node stands beside the first of what nothing before it led to, the others of these below it,
    each as high as there is room in its column; the root is at the top. The graph has no cycle.
    RecursionError for a graph some hundreds of nodes deep.
    """
    order = _depth_first(root, children, drawn)
    columns = dict.fromkeys(order, 0)
    for node in _topological(order, children):
        for child in children.get(node, ()):
            if child in columns:
                columns[child] = max(columns[child], columns[node] + 1)
    grid = _Grid(_tree(root, children, drawn), columns)
    grid.place(root)
    return {node: Place(columns[node], grid.rows[node]) for node in order}


@dataclass(slots=True)
class _Grid:
    """Rows being filled; `free` is the highest of each column below which nothing stands yet."""

    tree: Children
    columns: Mapping[str, int]
    rows: dict[str, int] = field(default_factory=dict)
    free: dict[int, int] = field(default_factory=dict)

    def place(self, node: str, highest: int = 0) -> int:
        """Put a node and all below it at `highest` or lower, and return its row."""
        column = self.columns[node]
        row = max(highest, self.free.get(column, 0))
        children = self.tree.get(node, ())
        if children:
            row = self.place(children[0], row)
        self.rows[node] = row
        self.free[column] = row + 1
        for child in children[1:]:
            self.place(child, row)
        return row


def _depth_first(root: str, children: Children, drawn: Collection[str]) -> list[str]:
    order: dict[str, None] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node in order or node not in drawn:
            continue
        order[node] = None
        waiting += reversed(children.get(node, ()))
    return list(order)


def _topological(nodes: Collection[str], children: Children) -> list[str]:
    parents = dict.fromkeys(nodes, 0)
    for node in nodes:
        for child in children.get(node, ()):
            if child in parents:
                parents[child] += 1
    ready = [node for node, count in parents.items() if count == 0]
    order = []
    while ready:
        node = ready.pop()
        order.append(node)
        for child in children.get(node, ()):
            if child in parents:
                parents[child] -= 1
                if parents[child] == 0:
                    ready.append(child)
    return order


def _tree(root: str, children: Children, drawn: Collection[str]) -> dict[str, list[str]]:
    """Return the children of each node that are met first below it, depth first."""
    met = {root}
    tree: dict[str, list[str]] = {}
    for node in _depth_first(root, children, drawn):
        for child in children.get(node, ()):
            if child in drawn and child not in met:
                met.add(child)
                tree.setdefault(node, []).append(child)
    return tree
