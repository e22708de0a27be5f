"""The rules about ids, single edges, branching and the root: all but cycles, paths, references."""

from collections.abc import Iterator

from app.domain.service_selection.findings import Finding, list_ids, make_finding
from app.domain.service_selection.graph import LEGAL_TARGETS, NodeType, ServiceGraph
from app.domain.service_selection.numbered import NumberedGraph
from app.domain.service_selection.problem import ProblemCode

QUESTION = NodeType.QUESTION_REFERENCE


def find_duplicates(numbered: NumberedGraph) -> Iterator[Finding]:
    """Yield one finding for each id, and for each pair of ends, that occurs more than once."""
    for node, count in numbered.shared_ids.items():
        node_id = numbered.node_ids[node]
        yield make_finding(
            ProblemCode.DUPLICATE_NODE_ID,
            f"{count} nodes share the id “{node_id}”; an id names one node only.",
            node=node,
            node_ids=(node_id,),
        )
    yield from _find_duplicate_edge_ids(numbered)
    yield from _find_duplicate_edges(numbered)


def _find_duplicate_edge_ids(numbered: NumberedGraph) -> Iterator[Finding]:
    if len(set(numbered.edge_ids)) == len(numbered.edge_ids):
        return
    edges_by_id: dict[str, list[int]] = {}
    for edge, edge_id in enumerate(numbered.edge_ids):
        edges_by_id.setdefault(edge_id, []).append(edge)
    for edge_id, edges in edges_by_id.items():
        if len(edges) > 1:
            yield make_finding(
                ProblemCode.DUPLICATE_EDGE_ID,
                f"{len(edges)} edges share the id “{edge_id}”; an id names one edge only.",
                node=min(numbered.place(edge) for edge in edges),
                edge=edges[0],
                edge_ids=(edge_id,),
            )


def _find_duplicate_edges(numbered: NumberedGraph) -> Iterator[Finding]:
    # One integer stands for both ends: tuples, unlike integers, would keep the collector busy.
    width = max(numbered.targets, default=0) + 1
    all_ends = [s * width + t for s, t in zip(numbered.sources, numbered.targets, strict=True)]
    if len(set(all_ends)) == len(all_ends):
        return
    edges_by_ends: dict[int, list[int]] = {}
    for edge, ends in enumerate(all_ends):
        edges_by_ends.setdefault(ends, []).append(edge)
    for edges in edges_by_ends.values():
        if len(edges) > 1:
            edge_ids = tuple(dict.fromkeys(numbered.edge_ids[edge] for edge in edges))
            yield make_finding(
                ProblemCode.DUPLICATE_EDGE,
                f"{len(edges)} edges lead from the same node to the same node "
                f"({list_ids(edge_ids)}); one is enough.",
                node=numbered.place(edges[0]),
                edge=edges[0],
                edge_ids=edge_ids,
            )


def find_edge_errors(graph: ServiceGraph, numbered: NumberedGraph) -> Iterator[Finding]:
    """Yield `DANGLING_EDGE`, `SELF_LOOP` or `ILLEGAL_EDGE`, the first that fits, for each edge."""
    types, node_count = numbered.node_types, numbered.node_count
    for edge, (source, target) in enumerate(zip(numbered.sources, numbered.targets, strict=True)):
        if source >= node_count or target >= node_count:
            yield _report_edge(ProblemCode.DANGLING_EDGE, graph, numbered, edge)
        elif source == target:
            yield _report_edge(ProblemCode.SELF_LOOP, graph, numbered, edge)
        elif types[target] not in LEGAL_TARGETS[types[source]]:
            yield _report_edge(ProblemCode.ILLEGAL_EDGE, graph, numbered, edge)


def _report_edge(
    code: ProblemCode, graph: ServiceGraph, numbered: NumberedGraph, number: int
) -> Finding:
    edge = graph.edges[number]
    return make_finding(
        code,
        f"Edge “{edge.id}” from “{edge.source_node_id}” to “{edge.target_node_id}” "
        f"{_explain_edge(code, numbered, number)}.",
        node=numbered.place(number),
        edge=number,
        edge_ids=(edge.id,),
    )


def _explain_edge(code: ProblemCode, numbered: NumberedGraph, edge: int) -> str:
    if code is ProblemCode.SELF_LOOP:
        return "leads back to its own node"
    source, target = numbered.sources[edge], numbered.targets[edge]
    if code is ProblemCode.DANGLING_EDGE:
        missing = [
            end
            for end, number in (("source", source), ("target", target))
            if number >= numbered.node_count
        ]
        return f"has no node at its {' and its '.join(missing)}"
    types = numbered.node_types
    return f"leads from {_noun(types[source])} to {_noun(types[target])}, which is not allowed"


def _noun(node_type: NodeType) -> str:
    match node_type:
        case NodeType.QUESTION_REFERENCE:
            return "a question"
        case NodeType.ANSWER_REFERENCE:
            return "an answer"
        case NodeType.SERVICE_REFERENCE:
            return "a service"


def find_branching_problems(numbered: NumberedGraph) -> Iterator[Finding]:
    """Yield the nodes with too many ways on (answers, services) or too few (questions).

    Only links count: an edge into nowhere, back to its node or beside another one offers the
    customer nothing more to choose.
    """
    starts, ids = numbered.link_starts, numbered.node_ids
    for node, node_type in enumerate(numbered.node_types):
        ways = starts[node + 1] - starts[node]
        if node_type is not QUESTION:
            if ways > 1:
                yield _report_ambiguous_next(numbered, node)
        elif ways == 0:
            yield make_finding(
                ProblemCode.QUESTION_WITHOUT_ANSWERS,
                f"Question “{ids[node]}” leads to no answer or service, so nobody can answer it.",
                node=node,
                node_ids=(ids[node],),
            )
        elif ways == 1:
            yield make_finding(
                ProblemCode.SINGLE_ANSWER_QUESTION,
                f"Question “{ids[node]}” offers one option only, so there is nothing to choose.",
                node=node,
                node_ids=(ids[node],),
            )


def _report_ambiguous_next(numbered: NumberedGraph, node: int) -> Finding:
    node_id = numbered.node_ids[node]
    edges = numbered.link_edges[numbered.link_starts[node] : numbered.link_starts[node + 1]]
    edge_ids = tuple(numbered.edge_ids[edge] for edge in edges)
    return make_finding(
        ProblemCode.AMBIGUOUS_NEXT,
        f"Node “{node_id}” is {_noun(numbered.node_types[node])} with {len(edges)} outgoing edges "
        f"({list_ids(edge_ids)}); only questions branch.",
        node=node,
        node_ids=(node_id,),
        edge_ids=edge_ids,
    )
