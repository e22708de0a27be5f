"""Reading flows."""

from typing import Annotated, Any

import strawberry

from app.api.booking_flows.enums import BookingFlowOrder, BookingFlowStatus
from app.api.booking_flows.types import BookingFlow
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.api.searching import text_query
from app.documents import booking_flow as documents
from app.loaders.base import OwnedId

NOT_DELETED = (BookingFlowStatus.DRAFT, BookingFlowStatus.PUBLISHED)


@strawberry.input(description="Which flows to list; conditions left out hold for all.")
class BookingFlowFilter:
    status: list[BookingFlowStatus] | None = strawberry.field(
        default=None,
        description="Those that stand so; deleted ones are listed only when they are asked for.",
    )
    search: str | None = strawberry.field(
        default=None, description="Those whose title contains this text, whatever the case."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        wanted = NOT_DELETED if self.status is None else self.status
        statuses = {"status": {"$in": sorted({status.value for status in wanted})}}
        return {**statuses, **text_query(self.search, "content.title")}


@strawberry.type
class BookingFlowQueries:
    @query(description="The flows of the organization.", access=Access.ANALYST)
    async def booking_flows(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingFlowFilter | None, strawberry.argument(description="Which flows to list.")
        ] = None,
        order_by: Annotated[
            BookingFlowOrder, strawberry.argument(description="How to sort them.")
        ] = BookingFlowOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingFlow]:
        return await paginate(
            info,
            documents.BookingFlow,
            {
                "organization_id": info.context.organization_id,
                **(filter or BookingFlowFilter()).to_query(),
            },
            order=order_by.value,
            to_node=BookingFlow.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @query(
        description="A flow: its draft, or one of its revisions. Null when there is none.",
        access=Access.ANALYST,
    )
    async def booking_flow(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The flow.")],
        *,
        revision: Annotated[
            int | None,
            strawberry.argument(description="The revision's number; null for the draft."),
        ] = None,
        include_deleted: Annotated[
            bool, strawberry.argument(description="Whether a deleted flow is answered too.")
        ] = False,
    ) -> BookingFlow | None:
        flow_id = decode_id(EntityType.BOOKING_FLOW, id)
        if flow_id is None:
            return None
        organization_id = info.context.organization_id
        flow = await info.context.loaders.flows.load(OwnedId(organization_id, flow_id))
        if flow is None or (flow.status is BookingFlowStatus.DELETED and not include_deleted):
            return None
        if revision is None:
            return BookingFlow.from_document(flow)
        if not 1 <= revision <= len(flow.revision_ids):
            return None
        header = await info.context.loaders.revision_headers.load(
            OwnedId(organization_id, flow.revision_ids[revision - 1])
        )
        return None if header is None else BookingFlow.from_header(header)
