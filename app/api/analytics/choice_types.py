"""Reports on what customers chose, as clients read them."""

from typing import Self

import strawberry

from app.api.analytics.enums import NodeType
from app.api.analytics.reports import AnalyticsReport, ReportRequest, previous_field
from app.api.ids import EntityType, encode_id
from app.domain.analytics import answer_statistics
from app.services.analytics.choices import (
    load_answer_statistics,
    load_lost_demand,
    load_vendor_outcome,
)

REACHED_NODE = (
    "Sessions that came to it: a question was asked, an answer or a service was offered or "
    "followed by itself."
)
CHOSEN_NODE = "Sessions on whose path it stands: a question was answered, an option was chosen."
CHOSEN_RATE = "`chosenCount` / `reachedCount`, 0 to 1; null when nobody came there."
BOOKED_RATE = "`bookedCount` / `chosenCount`, 0 to 1; null when nobody chose it."


@strawberry.type(description="A node of the service-selection graph with its numbers.")
class NodeStatistics:
    node_id: str = strawberry.field(description="The node's id within its graph.")
    type: NodeType = strawberry.field(description="What the node stands for.")
    reached_count: int = strawberry.field(description=REACHED_NODE)
    chosen_count: int = strawberry.field(description=CHOSEN_NODE)
    booked_count: int = strawberry.field(description="Of these, sessions that led to a booking.")
    chosen_rate: float | None = strawberry.field(description=CHOSEN_RATE)
    booked_rate: float | None = strawberry.field(description=BOOKED_RATE)

    @classmethod
    def from_domain(cls, node: answer_statistics.NodeCount) -> Self:
        """Return the node in the schema's type."""
        return cls(**dict(node), chosen_rate=node.chosen_rate, booked_rate=node.booked_rate)


@strawberry.type(description="An edge of the service-selection graph with its numbers.")
class EdgeStatistics:
    edge_id: str = strawberry.field(description="The edge's id within its graph.")
    source_node_id: str = strawberry.field(description="The node it leaves.")
    target_node_id: str = strawberry.field(description="The node it leads to.")
    reached_count: int = strawberry.field(description="Sessions that came to its source.")
    chosen_count: int = strawberry.field(description="Of these, sessions that went along it.")
    booked_count: int = strawberry.field(description="Of these, sessions that led to a booking.")
    chosen_rate: float | None = strawberry.field(description=CHOSEN_RATE)
    booked_rate: float | None = strawberry.field(description=BOOKED_RATE)

    @classmethod
    def from_domain(cls, edge: answer_statistics.EdgeCount) -> Self:
        """Return the edge in the schema's type."""
        return cls(**dict(edge), chosen_rate=edge.chosen_rate, booked_rate=edge.booked_rate)


@strawberry.type(description="A service-selection graph with numbers on it.")
class AnswerStatisticsReport(AnalyticsReport):
    revision: int = strawberry.field(description="The revision of the flow that has the graph.")
    step_id: strawberry.ID = strawberry.field(description="The step that has the graph.")
    session_count: int = strawberry.field(description="Sessions that entered the step.")
    nodes: list[NodeStatistics] = strawberry.field(
        description="Every node, in the order of the graph."
    )
    edges: list[EdgeStatistics] = strawberry.field(
        description="Every edge, in the order of the graph."
    )

    @strawberry.field(
        description=(
            "The same graph, of the same revision, with the numbers of the sessions created in "
            "`comparedWith`; null when the flow was deleted meanwhile."
        )
    )
    async def previous(self) -> "AnswerStatisticsReport | None":
        return await self.load(self.request.previous().of_revision(self.revision))

    @classmethod
    async def load(cls, request: ReportRequest) -> Self | None:
        """Return the report; None when there is no such revision, or no graph in it."""
        graph = await load_answer_statistics(request.scope, now=request.now)
        if graph is None:
            return None
        return cls(
            **request.heading,
            revision=graph.revision,
            step_id=encode_id(EntityType.BOOKING_FLOW_STEP, graph.step_id),
            session_count=graph.answers.session_count,
            nodes=[NodeStatistics.from_domain(node) for node in graph.answers.nodes],
            edges=[EdgeStatistics.from_domain(edge) for edge in graph.answers.edges],
        )


@strawberry.type(description="Customers from where the company does not work.")
class LostDemandRow:
    zipcode: str = strawberry.field(description="The zip code, which the flow does not cover.")
    session_count: int = strawberry.field(description="Sessions that ended with it.")
    active_count: int = strawberry.field(
        description="Sessions going on that stand at it; they may enter another."
    )


@strawberry.type(description="Which zip codes were asked for and are not covered.")
class LostDemandReport(AnalyticsReport):
    rows: list[LostDemandRow] = strawberry.field(
        description="Those with the most sessions first, then by zip code."
    )
    asked_count: int = strawberry.field(
        description="Sessions that gave a zip code, covered or not."
    )
    lost_count: int = strawberry.field(description="Of these, ended ones that are not covered.")
    active_count: int = strawberry.field(description="Of these, active ones that are not covered.")
    lost_rate: float | None = strawberry.field(
        description="`lostCount` / `askedCount`, 0 to 1; null when nobody asked."
    )
    previous: "LostDemandReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        demand = await load_lost_demand(request.scope, now=request.now)
        return cls(
            **request.heading,
            rows=[LostDemandRow(**dict(row)) for row in demand.rows],
            asked_count=demand.asked_count,
            lost_count=demand.lost_count,
            active_count=demand.active_count,
            lost_rate=demand.lost_rate,
        )


@strawberry.type(description="What became of the bookings at the company's vendor system.")
class VendorOutcomeReport(AnalyticsReport):
    booked_count: int = strawberry.field(description="Bookings made.")
    cancelled_count: int = strawberry.field(description="Of these, cancelled ones.")
    synced_count: int = strawberry.field(description="Of these, those the vendor has.")
    pending_count: int = strawberry.field(description="Of these, those on their way there.")
    failed_count: int = strawberry.field(description="Of these, those that could not be told.")
    known_count: int = strawberry.field(
        description="Of these, those of which the vendor has said anything since."
    )
    job_count: int = strawberry.field(description="Of the known ones, those that became jobs.")
    dismissed_count: int = strawberry.field(
        description="Of the known ones, those the office dismissed."
    )
    job_rate: float | None = strawberry.field(
        description="`jobCount` / `knownCount`, 0 to 1; null when nothing is known."
    )
    previous: "VendorOutcomeReport" = previous_field()

    @classmethod
    async def load(cls, request: ReportRequest) -> Self:
        """Return the report."""
        outcome = await load_vendor_outcome(request.scope, now=request.now)
        return cls(**request.heading, **dict(outcome), job_rate=outcome.job_rate)
