"""The differences between two states of a flow, as clients read them."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.api.booking_flows.steps import BookingFlowStep, to_step
from app.api.service_selection.types import (
    ServiceSelectionEdge,
    ServiceSelectionNode,
    to_edge,
    to_node,
)
from app.domain.booking_flow import diff as domain
from app.domain.service_selection.graph import ServiceSelectionNode as DomainNode
from app.domain.values import EntityId


@strawberry.type(description="A node of the same id with another content.")
class ServiceSelectionNodeChange:
    before: ServiceSelectionNode = strawberry.field(description="As it was.")
    after: ServiceSelectionNode = strawberry.field(description="As it is then.")


@strawberry.type(description="An edge of the same id between other nodes.")
class ServiceSelectionEdgeChange:
    before: ServiceSelectionEdge = strawberry.field(description="As it was.")
    after: ServiceSelectionEdge = strawberry.field(description="As it is then.")


@strawberry.type(description="What differs between two states of a service-selection graph.")
class ServiceSelectionGraphDiff:
    is_root_changed: bool = strawberry.field(description="Whether another node is the root.")
    are_elements_reordered: bool = strawberry.field(
        description="Whether nodes or edges that are in both stand in another order."
    )
    nodes_added: list[ServiceSelectionNode] = strawberry.field(description="The new nodes.")
    nodes_removed: list[ServiceSelectionNode] = strawberry.field(description="The nodes gone.")
    nodes_changed: list[ServiceSelectionNodeChange] = strawberry.field(
        description="The nodes that differ."
    )
    edges_added: list[ServiceSelectionEdge] = strawberry.field(description="The new edges.")
    edges_removed: list[ServiceSelectionEdge] = strawberry.field(description="The edges gone.")
    edges_changed: list[ServiceSelectionEdgeChange] = strawberry.field(
        description="The edges that differ."
    )

    @classmethod
    def from_domain(
        cls, diff: domain.GraphDifferences, *, organization_id: EntityId
    ) -> "ServiceSelectionGraphDiff":
        """Return the differences in the schema's type."""

        def node(value: DomainNode) -> ServiceSelectionNode:
            return to_node(value, organization_id=organization_id)

        return cls(
            is_root_changed=diff.is_root_changed,
            are_elements_reordered=diff.are_elements_reordered,
            nodes_added=[node(each) for each in diff.nodes_added],
            nodes_removed=[node(each) for each in diff.nodes_removed],
            nodes_changed=[
                ServiceSelectionNodeChange(before=node(each.before), after=node(each.after))
                for each in diff.nodes_changed
            ],
            edges_added=[to_edge(each) for each in diff.edges_added],
            edges_removed=[to_edge(each) for each in diff.edges_removed],
            edges_changed=[
                ServiceSelectionEdgeChange(before=to_edge(each.before), after=to_edge(each.after))
                for each in diff.edges_changed
            ],
        )


@strawberry.type(description="A step of the same id with another content.")
class BookingFlowStepChange:
    before: BookingFlowStep = strawberry.field(description="As it was.")
    after: BookingFlowStep = strawberry.field(description="As it is then.")
    fields: list[str] = strawberry.field(
        description="What differs, as `stepConfig.title` or `typeConfig.windows`; what differs "
        "in a graph is told by `graph`."
    )
    graph: ServiceSelectionGraphDiff | None = strawberry.field(
        description="What differs in the graph; null when it has none or it is the same."
    )

    @classmethod
    def from_domain(
        cls, change: domain.StepChange, *, organization_id: EntityId
    ) -> "BookingFlowStepChange":
        """Return the change in the schema's type."""
        return cls(
            before=to_step(change.before, organization_id=organization_id),
            after=to_step(change.after, organization_id=organization_id),
            fields=[to_camel_case(path) for path in change.fields],
            graph=None
            if change.graph is None
            else ServiceSelectionGraphDiff.from_domain(
                change.graph, organization_id=organization_id
            ),
        )


@strawberry.type(description="What leads from one state of a flow to another.")
class BookingFlowDiff:
    content_fields: list[str] = strawberry.field(
        description="Which fields of the flow's content differ."
    )
    steps_added: list[BookingFlowStep] = strawberry.field(description="The new steps.")
    steps_removed: list[BookingFlowStep] = strawberry.field(description="The steps gone.")
    steps_changed: list[BookingFlowStepChange] = strawberry.field(
        description="The steps that differ, wherever they stand."
    )
    are_steps_reordered: bool = strawberry.field(
        description="Whether steps that are in both stand in another order."
    )

    @classmethod
    def from_domain(
        cls, diff: domain.FlowDifferences, *, organization_id: EntityId
    ) -> "BookingFlowDiff":
        """Return the differences in the schema's type."""
        return cls(
            content_fields=[to_camel_case(name) for name in diff.content_fields],
            steps_added=[to_step(s, organization_id=organization_id) for s in diff.steps_added],
            steps_removed=[to_step(s, organization_id=organization_id) for s in diff.steps_removed],
            steps_changed=[
                BookingFlowStepChange.from_domain(change, organization_id=organization_id)
                for change in diff.steps_changed
            ],
            are_steps_reordered=diff.are_steps_reordered,
        )
