"""The rule that nobody is asked in circles."""

from collections import deque
from collections.abc import Iterator

from app.domain.service_selection.components import Components
from app.domain.service_selection.findings import Finding, draw_path, make_finding
from app.domain.service_selection.numbered import NumberedGraph
from app.domain.service_selection.problem import ProblemCode


def find_cycles(numbered: NumberedGraph, components: Components) -> Iterator[Finding]:
    """Yield one finding for each component that has a cycle, wherever it is in the graph.

    Its path is a shortest cycle through the component's first node, which begins and ends it.
    """
    for members in components.cyclic:
        cycle = _find_cycle_through(members[0], numbered, components)
        path = tuple(numbered.node_ids[node] for node in cycle)
        yield make_finding(
            ProblemCode.CYCLE,
            f"The customer could go in circles: {draw_path(path)}.",
            node=members[0],
            node_ids=tuple(numbered.node_ids[node] for node in members),
            path=path,
        )


def _find_cycle_through(first: int, numbered: NumberedGraph, components: Components) -> list[int]:
    """Search by breadth within the component of `first` until an edge leads back to it."""
    starts, targets = numbered.link_starts, numbered.link_targets
    component = components.of_node[first]
    came_from: dict[int, int] = {}
    waiting = deque([first])
    while first not in came_from:
        node = waiting.popleft()
        for child in targets[starts[node] : starts[node + 1]]:
            if components.of_node[child] == component and child not in came_from:
                came_from[child] = node
                waiting.append(child)
    cycle = [first, came_from[first]]
    while cycle[-1] != first:
        cycle.append(came_from[cycle[-1]])
    return cycle[::-1]
