"""What an editor would call the differences between two states of a flow."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from pydantic import BaseModel

from app.domain.booking_flow.steps import BookingFlowStep, ServiceSelectionStep
from app.domain.content import ContentConfig
from app.domain.service_selection.graph import (
    ServiceGraph,
    ServiceSelectionEdge,
    ServiceSelectionNode,
)
from app.domain.values import Value


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


class FlowState(Value):
    """A draft or a revision, as far as it can differ."""

    content: ContentConfig
    steps: tuple[BookingFlowStep, ...]


class NodeChange(Value):
    """A node of the same id with another content."""

    before: ServiceSelectionNode
    after: ServiceSelectionNode


class EdgeChange(Value):
    """An edge of the same id between other nodes."""

    before: ServiceSelectionEdge
    after: ServiceSelectionEdge


class GraphDifferences(Value):
    """What differs between two graphs; nodes and edges are the same when their ids are."""

    is_root_changed: bool
    are_elements_reordered: bool
    nodes_added: tuple[ServiceSelectionNode, ...]
    nodes_removed: tuple[ServiceSelectionNode, ...]
    nodes_changed: tuple[NodeChange, ...]
    edges_added: tuple[ServiceSelectionEdge, ...]
    edges_removed: tuple[ServiceSelectionEdge, ...]
    edges_changed: tuple[EdgeChange, ...]


class StepChange(Value):
    """A step of the same id with another content.

    `fields` names what differs by paths such as `step_config.title` or `type_config.windows`;
    what differs within a graph is told by `graph` instead.
    """

    before: BookingFlowStep
    after: BookingFlowStep
    fields: tuple[str, ...]
    graph: GraphDifferences | None = None


class FlowDifferences(Value):
    """What leads from one state of a flow to another."""

    content_fields: tuple[str, ...]
    steps_added: tuple[BookingFlowStep, ...]
    steps_removed: tuple[BookingFlowStep, ...]
    steps_changed: tuple[StepChange, ...]
    are_steps_reordered: bool


def find_differences(old: FlowState, new: FlowState) -> FlowDifferences:
    """Return what differs, each list in the order of the state that has it.

    Steps are the same when their ids are, wherever they stand. Linear in the size of both states.
    """
    before = {step.id: step for step in old.steps}
    after = {step.id: step for step in new.steps}
    return FlowDifferences(
        content_fields=_differing_fields(old.content, new.content),
        steps_added=_missing_from(before, new.steps),
        steps_removed=_missing_from(after, old.steps),
        steps_changed=tuple(
            _compare_steps(before[step.id], step)
            for step in new.steps
            if step.id in before and before[step.id] != step
        ),
        are_steps_reordered=_is_reordered(old.steps, new.steps),
    )


def _compare_steps(before: BookingFlowStep, after: BookingFlowStep) -> StepChange:
    graph = None
    fields = [f"step_config.{name}" for name in _differing(before.step_config, after.step_config)]
    if isinstance(before, ServiceSelectionStep) and isinstance(after, ServiceSelectionStep):
        if before.type_config != after.type_config:
            graph = compare_graphs(before.type_config, after.type_config)
    else:
        fields += [
            f"type_config.{name}" for name in _differing(before.type_config, after.type_config)
        ]
    return StepChange(before=before, after=after, fields=tuple(fields), graph=graph)


def compare_graphs(old: ServiceGraph, new: ServiceGraph) -> GraphDifferences:
    """Return what differs; of several nodes or edges with one id only the first counts."""
    old_nodes, new_nodes = _by_id(old.nodes), _by_id(new.nodes)
    old_edges, new_edges = _by_id(old.edges), _by_id(new.edges)
    return GraphDifferences(
        is_root_changed=old.root_node_id != new.root_node_id,
        are_elements_reordered=_is_reordered(old.nodes, new.nodes)
        or _is_reordered(old.edges, new.edges),
        nodes_added=_missing_from(old_nodes, new_nodes.values()),
        nodes_removed=_missing_from(new_nodes, old_nodes.values()),
        nodes_changed=tuple(
            NodeChange(before=old_nodes[key], after=node)
            for key, node in new_nodes.items()
            if key in old_nodes and old_nodes[key] != node
        ),
        edges_added=_missing_from(old_edges, new_edges.values()),
        edges_removed=_missing_from(new_edges, old_edges.values()),
        edges_changed=tuple(
            EdgeChange(before=old_edges[key], after=edge)
            for key, edge in new_edges.items()
            if key in old_edges and old_edges[key] != edge
        ),
    )


def _by_id(elements: Iterable[N]) -> dict[str, N]:
    by_id: dict[str, N] = {}
    for element in elements:
        by_id.setdefault(element.id, element)
    return by_id


def _missing_from(others: dict[str, N], elements: Iterable[N]) -> tuple[N, ...]:
    return tuple(element for element in elements if element.id not in others)


def _is_reordered(old: Sequence[_Named], new: Sequence[_Named]) -> bool:
    old_ids, new_ids = _by_id(old), _by_id(new)
    return [key for key in old_ids if key in new_ids] != [key for key in new_ids if key in old_ids]


def _differing_fields(old: BaseModel, new: BaseModel) -> tuple[str, ...]:
    return tuple(_differing(old, new))


def _differing(old: BaseModel, new: BaseModel) -> Iterator[str]:
    names = dict.fromkeys([*type(old).model_fields, *type(new).model_fields])
    for name in names:
        if getattr(old, name, None) != getattr(new, name, None):
            yield name
