"""The rules about the root, and about the nodes it does not lead to."""

from collections.abc import Iterator

from app.domain.service_selection.findings import Finding, list_ids, make_finding
from app.domain.service_selection.graph import NodeType, ServiceGraph
from app.domain.service_selection.numbered import NumberedGraph
from app.domain.service_selection.problem import ProblemCode

QUESTION = NodeType.QUESTION_REFERENCE


def find_root_problems(graph: ServiceGraph, numbered: NumberedGraph) -> Iterator[Finding]:
    """Yield what is wrong with the root and which nodes are no descendants of it.

    Without a root node, nothing is said about second roots or unreachable nodes: every node would
    be one.
    """
    root = numbered.root
    if root is None:
        yield make_finding(
            ProblemCode.ROOT_MISSING,
            f"The root “{graph.root_node_id}” names no node of the graph.",
        )
        return
    if numbered.node_types[root] is not QUESTION:
        yield make_finding(
            ProblemCode.ROOT_NOT_QUESTION,
            f"The root “{graph.root_node_id}” is no question; a customer begins with a question.",
            node=root,
            node_ids=(graph.root_node_id,),
        )
    yield from _find_parents_of_root(graph, numbered, root)
    yield from _find_unreachable(numbered, root)


def _find_parents_of_root(
    graph: ServiceGraph, numbered: NumberedGraph, root: int
) -> Iterator[Finding]:
    for target, number in zip(numbered.link_targets, numbered.link_edges, strict=True):
        if target == root:
            edge = graph.edges[number]
            yield make_finding(
                ProblemCode.ROOT_HAS_PARENT,
                f"Edge “{edge.id}” leads from “{edge.source_node_id}” to the root "
                f"“{graph.root_node_id}”; nothing comes before the root.",
                node=numbered.place(number),
                edge=number,
                edge_ids=(edge.id,),
            )


def _find_unreachable(numbered: NumberedGraph, root: int) -> Iterator[Finding]:
    reached = _reach_from(numbered, root)
    if all(reached):
        return
    has_parent = bytearray(numbered.node_count)
    for target in numbered.link_targets:
        has_parent[target] = True
    ids, types = numbered.node_ids, numbered.node_types
    unreached = [node for node, is_reached in enumerate(reached) if not is_reached]
    roots = {node for node in unreached if types[node] is QUESTION and not has_parent[node]}
    if roots:
        root_ids = tuple(ids[node] for node in sorted(roots))
        yield make_finding(
            ProblemCode.MULTIPLE_ROOTS,
            f"No edge leads to {list_ids(root_ids)}; only the root “{ids[root]}” begins the graph.",
            node=min(roots),
            node_ids=root_ids,
        )
    for node in unreached:
        if node not in roots:
            yield make_finding(
                ProblemCode.UNREACHABLE_NODE,
                f"No path from the root “{ids[root]}” leads to node “{ids[node]}”.",
                node=node,
                node_ids=(ids[node],),
            )


def _reach_from(numbered: NumberedGraph, root: int) -> bytearray:
    starts, targets = numbered.link_starts, numbered.link_targets
    reached = bytearray(numbered.node_count)
    reached[root] = True
    waiting = [root]
    while waiting:
        node = waiting.pop()
        for child in targets[starts[node] : starts[node + 1]]:
            if not reached[child]:
                reached[child] = True
                waiting.append(child)
    return reached
