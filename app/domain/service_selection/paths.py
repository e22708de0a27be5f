"""The rules about whole paths: each root-to-terminal path meets exactly one service."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.service_selection.components import Components
from app.domain.service_selection.findings import Finding, draw_path, make_finding
from app.domain.service_selection.graph import LEGAL_TARGETS, NodeType
from app.domain.service_selection.numbered import NumberedGraph
from app.domain.service_selection.problem import ProblemCode

_UNREACHED = -1


@dataclass(frozen=True, slots=True)
class _ServiceCounts:
    """The fewest and most services on any path from the root to each node, and the way there."""

    fewest: list[int]
    fewest_from: list[int]
    most: list[int]
    most_from: list[int]


def find_path_problems(numbered: NumberedGraph, components: Components) -> Iterator[Finding]:
    """Yield at most one finding for each of the two path rules.

    Only the part of the graph free of structural errors is judged. A path begins at a root that is
    a question and ends where no edge of any kind goes on (a question without answers is such an
    end). It takes no edge that is dangling, illegal, a self-loop or part of a cycle, none that
    leaves a node where the next one is ambiguous, and none at an id that several nodes share.

    One pass in topological order carries the fewest and the most services met on any path to each
    node, so the cost is O(nodes + edges); listing the paths would be exponential.
    """
    root = numbered.root
    if root is None or root in numbered.shared_ids:
        return
    if numbered.node_types[root] is not NodeType.QUESTION_REFERENCE:
        return
    counts = _count_services(numbered, components, root)
    terminals = [node for node in _find_terminals(numbered) if counts.fewest[node] != _UNREACHED]
    without = [node for node in terminals if counts.fewest[node] == 0]
    if without:
        path = _trace(numbered, counts.fewest_from, without[0])
        yield make_finding(
            ProblemCode.PATH_WITHOUT_SERVICE,
            f"A path ends without a service: {draw_path(path)}.",
            node=without[0],
            node_ids=tuple(numbered.node_ids[node] for node in without),
            path=path,
        )
    with_several = [node for node in terminals if counts.most[node] > 1]
    if with_several:
        path = _trace(numbered, counts.most_from, with_several[0])
        yield make_finding(
            ProblemCode.PATH_WITH_MULTIPLE_SERVICES,
            f"A path meets {counts.most[with_several[0]]} services instead of one: "
            f"{draw_path(path)}.",
            node=with_several[0],
            node_ids=tuple(numbered.node_ids[node] for node in with_several),
            path=path,
        )


def _count_services(numbered: NumberedGraph, components: Components, root: int) -> _ServiceCounts:
    starts, targets, of_node = numbered.link_starts, numbered.link_targets, components.of_node
    types, shared_ids = numbered.node_types, numbered.shared_ids
    fewest = [_UNREACHED] * numbered.node_count
    most, fewest_from, most_from = fewest[:], fewest[:], fewest[:]
    fewest[root] = most[root] = 0
    for node in components.order:
        if fewest[node] == _UNREACHED:
            continue
        begin, end = starts[node], starts[node + 1]
        node_type = types[node]
        if end - begin > 1 and node_type is not NodeType.QUESTION_REFERENCE:
            continue
        legal = LEGAL_TARGETS[node_type]
        for child in targets[begin:end]:
            if types[child] not in legal or of_node[child] == of_node[node]:
                continue
            if child in shared_ids:
                continue
            is_service = types[child] is NodeType.SERVICE_REFERENCE
            if fewest[child] == _UNREACHED or fewest[node] + is_service < fewest[child]:
                fewest[child] = fewest[node] + is_service
                fewest_from[child] = node
            if most[node] + is_service > most[child]:
                most[child] = most[node] + is_service
                most_from[child] = node
    return _ServiceCounts(fewest, fewest_from, most, most_from)


def _find_terminals(numbered: NumberedGraph) -> list[int]:
    goes_on = bytearray(numbered.node_count)
    for source in numbered.sources:
        if source < numbered.node_count:
            goes_on[source] = True
    return [node for node, does in enumerate(goes_on) if not does]


def _trace(numbered: NumberedGraph, came_from: list[int], node: int) -> tuple[str, ...]:
    """Return the ids of the nodes from the root to `node`."""
    path = []
    while node != _UNREACHED:
        path.append(numbered.node_ids[node])
        node = came_from[node]
    return tuple(reversed(path))
