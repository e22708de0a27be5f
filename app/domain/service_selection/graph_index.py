"""A graph made ready for following customers through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.service_selection.graph import (
    LEGAL_TARGETS,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
    ServiceSelectionNode,
)


@dataclass(frozen=True, slots=True)
class GraphIndex:
    """A graph ready for any number of customers; build it once with `index_graph`.

    `children` holds, for each node that leads anywhere, the ids of the nodes it leads to by legal
    edges, in edge order, each once.
    """

    root_node_id: str | None
    nodes: Mapping[str, ServiceSelectionNode]
    children: Mapping[str, tuple[str, ...]]

    def children_of(self, node_id: str) -> tuple[str, ...]:
        """Return the ids of the nodes `node_id` leads to; none for a terminal or unknown node."""
        return self.children.get(node_id, ())

    def is_question(self, node_id: str) -> bool:
        """Say whether `node_id` is a node where the customer is asked."""
        return isinstance(self.nodes.get(node_id), QuestionReferenceNode)

    def is_service(self, node_id: str) -> bool:
        """Say whether `node_id` is a node where a service is selected."""
        return isinstance(self.nodes.get(node_id), ServiceReferenceNode)


def index_graph(graph: ServiceGraph) -> GraphIndex:
    """Return the index of `graph`, in O(nodes + edges).

    A graph with problems is indexed as well, for previews of drafts: the first node with an id
    stands for it, and edges that are dangling or illegal are left out. A root that is no node is
    None.
    """
    nodes: dict[str, ServiceSelectionNode] = {}
    for node in graph.nodes:
        nodes.setdefault(node.id, node)
    # The inner dicts serve as ordered sets.
    children: dict[str, dict[str, None]] = {}
    for edge in graph.edges:
        source, target = nodes.get(edge.source_node_id), nodes.get(edge.target_node_id)
        if source and target and target.type in LEGAL_TARGETS[source.type]:
            children.setdefault(source.id, {})[target.id] = None
    return GraphIndex(
        root_node_id=graph.root_node_id if graph.root_node_id in nodes else None,
        nodes=MappingProxyType(nodes),
        children=MappingProxyType({parent: tuple(below) for parent, below in children.items()}),
    )
