"""The graph with numbers for ids: the form in which every rule is one cheap pass over lists."""

from dataclasses import dataclass
from itertools import accumulate

from app.domain.service_selection.graph import NodeType, ServiceGraph


@dataclass(frozen=True, slots=True)
class NumberedGraph:
    """A graph whose distinct node ids are numbered 0, 1, 2 … in node order.

    The first node with an id stands for it. Ids that only edges mention are numbered after the
    nodes, so `number < node_count` says whether an end of an edge is a node.

    A *link* is an edge between two different nodes; of several edges with the same ends only the
    first is one. The links leaving node `n` are the slots `link_starts[n]` to `link_starts[n + 1]`
    of `link_targets` and `link_edges`, in edge order.
    """

    places: list[int]
    """The number of each node of the graph, in node order."""
    node_ids: list[str]
    node_types: list[NodeType]
    shared_ids: dict[int, int]
    """How many nodes share an id, by its number, for those where it is more than one."""
    root: int | None
    edge_ids: list[str]
    sources: list[int]
    targets: list[int]
    link_starts: list[int]
    link_targets: list[int]
    link_edges: list[int]

    @property
    def node_count(self) -> int:
        """How many distinct ids the nodes have."""
        return len(self.node_ids)

    def place(self, edge: int) -> int:
        """Return the earlier of the two ends of `edge` that are nodes, or -1 if neither is."""
        ends = (self.sources[edge], self.targets[edge])
        return min((end for end in ends if end < self.node_count), default=-1)


def number_graph(graph: ServiceGraph) -> NumberedGraph:
    """Return `graph` with its ids numbered, in O(nodes + edges)."""
    numbers: dict[str, int] = {}
    node_types: list[NodeType] = []
    shared_ids: dict[int, int] = {}
    places: list[int] = []
    for node in graph.nodes:
        number = numbers.setdefault(node.id, len(node_types))
        places.append(number)
        if number == len(node_types):
            node_types.append(node.type)
        else:
            shared_ids[number] = shared_ids.get(number, 1) + 1
    node_ids = list(numbers)
    root = numbers.get(graph.root_node_id)
    edge_ids: list[str] = []
    sources: list[int] = []
    targets: list[int] = []
    for edge in graph.edges:
        edge_ids.append(edge.id)
        sources.append(numbers.setdefault(edge.source_node_id, len(numbers)))
        targets.append(numbers.setdefault(edge.target_node_id, len(numbers)))
    starts, link_targets, link_edges = _link(len(node_ids), sources, targets)
    return NumberedGraph(
        places=places,
        node_ids=node_ids,
        node_types=node_types,
        shared_ids=shared_ids,
        root=root,
        edge_ids=edge_ids,
        sources=sources,
        targets=targets,
        link_starts=starts,
        link_targets=link_targets,
        link_edges=link_edges,
    )


def _link(
    node_count: int, sources: list[int], targets: list[int]
) -> tuple[list[int], list[int], list[int]]:
    """Return starts, targets and edges of the links, sorted by source with a counting sort."""
    links = _find_links(node_count, sources, targets)
    counts = [0] * (node_count + 1)
    for edge in links:
        counts[sources[edge] + 1] += 1
    starts = list(accumulate(counts))
    free = starts[:]
    link_targets = [0] * len(links)
    link_edges = [0] * len(links)
    for edge in links:
        source = sources[edge]
        slot = free[source]
        free[source] = slot + 1
        link_targets[slot] = targets[edge]
        link_edges[slot] = edge
    return starts, link_targets, link_edges


def _find_links(node_count: int, sources: list[int], targets: list[int]) -> list[int]:
    seen: set[int] = set()
    links: list[int] = []
    for edge, (source, target) in enumerate(zip(sources, targets, strict=True)):
        if source >= node_count or target >= node_count or source == target:
            continue
        ends = source * node_count + target
        if ends not in seen:
            seen.add(ends)
            links.append(edge)
    return links
