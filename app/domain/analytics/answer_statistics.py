"""A service-selection graph with numbers on it: where customers came to and what they chose.

Counted is the path as it stands at the end of a session, or now if it is active: a choice taken
back is none. Only sessions that entered the service selection count.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from app.domain.analytics.rates import quotient
from app.domain.booking_session.state import BookingSessionStatus
from app.domain.service_selection.graph import GraphElementId, NodeType, ServiceGraph
from app.domain.service_selection.graph_index import GraphIndex, index_graph
from app.domain.values import EntityId, Value


class PathGroup(NamedTuple):
    """A number of sessions that stand at the same path, from the root to the last choice."""

    revision_id: EntityId
    status: BookingSessionStatus
    furthest_step_index: int
    path: tuple[GraphElementId, ...]
    sessions: int


class ChoiceCount(Value):
    """How many sessions came to a part of the graph, took it, and led to a booking after that."""

    reached_count: int
    chosen_count: int
    booked_count: int

    @property
    def chosen_rate(self) -> float | None:
        """The part of those who came there that took it, 0 to 1."""
        return quotient(self.chosen_count, self.reached_count)

    @property
    def booked_rate(self) -> float | None:
        """The part of those who took it that booked, 0 to 1."""
        return quotient(self.booked_count, self.chosen_count)


class NodeCount(ChoiceCount):
    """The count of a node.

    A question is reached when it is asked and chosen when it is answered; an answer or a service is
    reached when it is offered, or follows by itself, and chosen when it is on the path.
    """

    node_id: GraphElementId
    type: NodeType


class EdgeCount(ChoiceCount):
    """An edge is reached when its source is on the way, and chosen when its target comes next."""

    edge_id: GraphElementId
    source_node_id: GraphElementId
    target_node_id: GraphElementId


class AnswerStatistics(Value):
    """The counts of all nodes and edges, in the order of the graph, and how many sessions entered.

    `session_count` is the number of sessions that entered the service selection.
    """

    session_count: int
    nodes: tuple[NodeCount, ...]
    edges: tuple[EdgeCount, ...]


_Part: TypeAlias = GraphElementId | tuple[GraphElementId, GraphElementId]
"""A node, or an edge as its source and target."""


@dataclass(slots=True)
class _Numbers:
    reached: Counter[_Part] = field(default_factory=Counter)
    chosen: Counter[_Part] = field(default_factory=Counter)
    booked: Counter[_Part] = field(default_factory=Counter)

    def of(self, part: _Part) -> dict[str, int]:
        return {
            "reached_count": self.reached[part],
            "chosen_count": self.chosen[part],
            "booked_count": self.booked[part],
        }


def count_answers(
    groups: Iterable[PathGroup], *, graph: ServiceGraph, step_index: int
) -> AnswerStatistics:
    """Return the graph's numbers from sessions on its revision; the step is at `step_index`."""
    index, numbers, entered = index_graph(graph), _Numbers(), 0
    for group in groups:
        if group.furthest_step_index < step_index:
            continue
        entered += group.sessions
        _count_group(numbers, group, index)
    return AnswerStatistics(
        session_count=entered,
        nodes=tuple(
            NodeCount(node_id=node.id, type=node.type, **numbers.of(node.id))
            for node in graph.nodes
        ),
        edges=tuple(
            EdgeCount(
                edge_id=edge.id,
                source_node_id=edge.source_node_id,
                target_node_id=edge.target_node_id,
                **numbers.of((edge.source_node_id, edge.target_node_id)),
            )
            for edge in graph.edges
        ),
    )


def _count_group(numbers: _Numbers, group: PathGroup, index: GraphIndex) -> None:
    way = _with_pending_question(group.path, index)
    taken: list[_Part] = [*group.path, *pairwise(way)]
    came_to: set[_Part] = {(node, child) for node in way for child in index.children_of(node)}
    came_to.update(way)
    for node in way:
        if index.is_question(node):
            came_to.update(index.children_of(node))
    is_booked = group.status is BookingSessionStatus.COMPLETED
    for part in came_to:
        numbers.reached[part] += group.sessions
    for part in taken:
        numbers.chosen[part] += group.sessions
        numbers.booked[part] += group.sessions if is_booked else 0


def _with_pending_question(
    path: tuple[GraphElementId, ...], index: GraphIndex
) -> tuple[GraphElementId, ...]:
    """Return the path with the question that is asked but not answered, if there is one."""
    if not path:
        return () if index.root_node_id is None else (index.root_node_id,)
    following = index.children_of(path[-1])
    return (*path, *following) if len(following) == 1 else path
