"""Booking flows as clients read them: an editor's draft, or a frozen revision."""

from datetime import datetime

import strawberry

from app.api.booking_flows.enums import BookingFlowStatus
from app.api.booking_flows.steps import BookingFlowStep, to_step
from app.api.content import ContentConfig
from app.api.context import Info
from app.api.ids import EntityType, encode_id, encode_optional_id
from app.api.node import Node
from app.api.service_selection.enums import Severity
from app.api.service_selection.types import to_ids
from app.documents import booking_flow as documents
from app.documents.booking_flow_revision import BookingFlowRevision
from app.domain.booking_flow.problems import BookingFlowProblem as DomainProblem
from app.domain.booking_flow.problems import find_flow_problems
from app.domain.booking_flow.steps import BookingFlowStep as DomainStep
from app.loaders.base import OwnedId
from app.loaders.references import load_known_references
from app.services.booking_flows import in_order


@strawberry.type(description="Something wrong with a flow.")
class BookingFlowProblem:
    code: str = strawberry.field(description="Which rule is broken, for programs.")
    severity: Severity = strawberry.field(description="Whether it forbids publishing.")
    message: str = strawberry.field(description="What is wrong, for people.")
    step_id: strawberry.ID | None = strawberry.field(description="The step at fault, if one is.")
    node_ids: list[strawberry.ID] = strawberry.field(description="The graph nodes at fault.")
    edge_ids: list[strawberry.ID] = strawberry.field(description="The graph edges at fault.")
    path: list[strawberry.ID] = strawberry.field(
        description="For rules about paths and cycles: the nodes of one whole counterexample."
    )

    @classmethod
    def from_domain(cls, problem: DomainProblem) -> "BookingFlowProblem":
        """Return the problem in the schema's type."""
        return cls(
            code=problem.code,
            severity=problem.severity,
            message=problem.message,
            step_id=encode_optional_id(EntityType.BOOKING_FLOW_STEP, problem.step_id),
            node_ids=to_ids(problem.node_ids),
            edge_ids=to_ids(problem.edge_ids),
            path=to_ids(problem.path),
        )


@strawberry.type(description="A booking experience: steps in the order a customer takes them.")
class BookingFlow(Node):
    version: int = strawberry.field(description="Counts the edits of flow and steps, from 1.")
    revision: int | None = strawberry.field(
        description="The published revision this is or was last published as; null before any."
    )
    status: BookingFlowStatus = strawberry.field(description="Where the flow stands.")
    published_at: datetime | None = strawberry.field(
        description="When that revision was published."
    )
    content: ContentConfig = strawberry.field(description="What a customer reads of the flow.")
    owned_id: strawberry.Private[OwnedId]
    draft: strawberry.Private[documents.BookingFlow | None] = None
    frozen_steps: strawberry.Private[tuple[DomainStep, ...] | None] = None

    @strawberry.field(description="The steps in order.")
    async def steps(self, info: Info) -> list[BookingFlowStep]:
        steps = await self.load_steps(info)
        return [to_step(step, organization_id=self.owned_id.organization_id) for step in steps]

    @strawberry.field(description="What is wrong with the flow, the whole flow's problems first.")
    async def problems(self, info: Info) -> list[BookingFlowProblem]:
        steps = await self.load_steps(info)
        references = await load_known_references(
            info.context.loaders, self.owned_id.organization_id, steps
        )
        problems = find_flow_problems(steps, references=references)
        return [BookingFlowProblem.from_domain(problem) for problem in problems]

    async def load_steps(self, info: Info) -> tuple[DomainStep, ...]:
        """Return the frozen steps of a revision, or a draft's through the request's loader."""
        if self.frozen_steps is not None or self.draft is None:
            return self.frozen_steps or ()
        documents = await info.context.loaders.steps_by_flow_id.load(self.owned_id)
        return in_order(self.draft, documents)

    @classmethod
    def from_document(cls, flow: documents.BookingFlow) -> "BookingFlow":
        """Return the draft in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_FLOW, flow.id),
            version=flow.version,
            revision=flow.revision,
            status=flow.status,
            published_at=flow.published_at,
            content=ContentConfig.from_domain(flow.content),
            owned_id=OwnedId(flow.organization_id, flow.id),
            draft=flow,
        )

    @classmethod
    def from_revision(cls, revision: BookingFlowRevision) -> "BookingFlow":
        """Return a published revision in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_FLOW, revision.booking_flow_id),
            version=revision.flow_version,
            revision=revision.revision,
            status=BookingFlowStatus.PUBLISHED,
            published_at=revision.published_at,
            content=ContentConfig.from_domain(revision.content),
            owned_id=OwnedId(revision.organization_id, revision.booking_flow_id),
            frozen_steps=tuple(revision.steps),
        )
