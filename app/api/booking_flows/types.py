"""Booking flows as clients read them: an editor's draft, or a frozen revision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from app.api.booking_flows.diffs import BookingFlowDiff
from app.api.booking_flows.enums import BookingFlowStatus
from app.api.booking_flows.problems import BookingFlowProblem
from app.api.booking_flows.steps import BookingFlowStep, to_step
from app.api.booking_flows.usage import BookingFlowUsage
from app.api.content import ContentConfig
from app.api.context import Info
from app.api.errors import bad_user_input
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.pagination import After, Before, Connection, First, Last, paginate_numbers
from app.api.permissions import Access, AccessExtension
from app.documents import booking_flow as documents
from app.documents.booking_flow_revision import BookingFlowRevision as RevisionDocument
from app.documents.booking_flow_revision import RevisionHeader
from app.domain.booking_flow.diff import FlowState, find_differences
from app.domain.booking_flow.steps import BookingFlowStep as DomainStep
from app.loaders.base import OwnedId
from app.loaders.references import load_known_references
from app.services.service_selection_graphs import check_flow


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
    revision_id: strawberry.Private[OwnedId | None] = None
    frozen_steps: strawberry.Private[tuple[DomainStep, ...] | None] = None

    @strawberry.field(description="The steps in order.")
    async def steps(self, info: Info) -> list[BookingFlowStep]:
        steps = await self.load_steps(info)
        return [to_step(step, organization_id=self.owned_id.organization_id) for step in steps]

    @strawberry.field(
        description="What is wrong with the flow, the whole flow's problems first; at most 1,000, "
        "the last of which then has the code `MORE_PROBLEMS`.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def problems(self, info: Info) -> list[BookingFlowProblem]:
        steps = await self.load_steps(info)
        references = await load_known_references(
            info.context.loaders, self.owned_id.organization_id, steps
        )
        return BookingFlowProblem.from_all(await check_flow(steps, references))

    @strawberry.field(
        description="The published revisions, newest first.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def revisions(
        self,
        info: Info,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection["BookingFlowRevision"]:
        revision_ids = (await self._load_draft(info)).revision_ids

        async def load(numbers: Sequence[int]) -> list["BookingFlowRevision"]:
            keys = [
                OwnedId(self.owned_id.organization_id, revision_ids[number - 1])
                for number in numbers
            ]
            headers = await info.context.loaders.revision_headers.load_all(keys)
            return [BookingFlowRevision.from_header(header) for header in headers if header]

        return await paginate_numbers(
            info,
            len(revision_ids),
            binding=["BookingFlowRevision", self.owned_id.id],
            load=load,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @strawberry.field(
        description="What differs between two states of the flow.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def diff(
        self,
        info: Info,
        from_: Annotated[
            int, strawberry.argument(name="from", description="The older revision's number.")
        ],
        to: Annotated[
            int | None,
            strawberry.argument(description="The newer revision's number; null for the draft."),
        ] = None,
    ) -> BookingFlowDiff:
        old = await self._load_state(info, from_, argument="from")
        new = await self._load_state(info, to, argument="to")
        return BookingFlowDiff.from_domain(
            find_differences(old, new), organization_id=self.owned_id.organization_id
        )

    @strawberry.field(
        description="What leads customers to the flow.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def used_by(self, info: Info) -> BookingFlowUsage:
        usage = await info.context.loaders.usage_by_flow_id.load(self.owned_id)
        return BookingFlowUsage(routers=usage.routers, configs=usage.configs)

    async def load_steps(self, info: Info) -> tuple[DomainStep, ...]:
        """Return the steps, through the request's loaders."""
        if self.frozen_steps is not None:
            return self.frozen_steps
        if self.revision_id is not None:
            revision = await info.context.loaders.revisions.load(self.revision_id)
            return tuple(revision.steps) if revision else ()
        return await load_draft_steps(info, await self._load_draft(info))

    async def _load_draft(self, info: Info) -> documents.BookingFlow:
        flow = self.draft or await info.context.loaders.flows.load(self.owned_id)
        if flow is None:
            raise RuntimeError("a revision's flow is never removed")
        return flow

    async def _load_state(self, info: Info, number: int | None, *, argument: str) -> FlowState:
        flow = await self._load_draft(info)
        if number is None:
            return FlowState(content=flow.content, steps=await load_draft_steps(info, flow))
        if not 1 <= number <= len(flow.revision_ids):
            raise bad_user_input(f"`{argument}` is no revision of the flow.", argument=argument)
        key = OwnedId(flow.organization_id, flow.revision_ids[number - 1])
        revision = await info.context.loaders.revisions.load(key)
        if revision is None:
            raise RuntimeError("a revision is never removed")
        return FlowState(content=revision.content, steps=tuple(revision.steps))

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
    def from_revision(cls, revision: RevisionDocument) -> "BookingFlow":
        """Return a published revision in the schema's type."""
        flow = cls.from_header(revision.to_header())
        flow.frozen_steps = tuple(revision.steps)
        return flow

    @classmethod
    def from_header(cls, header: RevisionHeader) -> "BookingFlow":
        """Return a published revision whose steps are loaded when they are asked for."""
        return cls(
            id=encode_id(EntityType.BOOKING_FLOW, header.booking_flow_id),
            version=header.flow_version,
            revision=header.revision,
            status=BookingFlowStatus.PUBLISHED,
            published_at=header.published_at,
            content=ContentConfig.from_domain(header.content),
            owned_id=OwnedId(header.organization_id, header.booking_flow_id),
            revision_id=OwnedId(header.organization_id, header.id),
        )


async def load_draft_steps(info: Info, flow: documents.BookingFlow) -> tuple[DomainStep, ...]:
    """Return the steps of a draft, through the request's loader."""
    keys = [OwnedId(flow.organization_id, name) for name in flow.steps]
    steps = await info.context.loaders.draft_steps.load_all(keys)
    return tuple(step for step in steps if step is not None)


@strawberry.type(description="A state of a flow as it was published; it never changes.")
class BookingFlowRevision(Node):
    revision: int = strawberry.field(description="Its number, from 1.")
    published_at: datetime = strawberry.field(description="When it was published.")
    published_by: str = strawberry.field(
        description="Who published it: the id of an API key or of a member."
    )
    booking_flow: BookingFlow = strawberry.field(description="The flow as it was published.")

    @classmethod
    def from_header(cls, header: RevisionHeader) -> "BookingFlowRevision":
        """Return the revision in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_FLOW_REVISION, header.id),
            revision=header.revision,
            published_at=header.published_at,
            published_by=encode_id(
                EntityType.MEMBER if header.published_by_member else EntityType.API_KEY,
                header.published_by,
            ),
            booking_flow=BookingFlow.from_header(header),
        )
