"""Reading routers."""

from typing import Annotated, Any

import strawberry

from app.api.booking_flow_routers.types import BookingFlowRouter
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.ordering import NamedOrder
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.api.searching import text_query
from app.documents import booking_flow_router as documents
from app.loaders.base import owned


@strawberry.input(description="Which routers to list; conditions left out hold for all.")
class BookingFlowRouterFilter:
    search: str | None = strawberry.field(
        default=None, description="Those whose name contains this text, whatever the case."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        return text_query(self.search, "name")


@strawberry.type
class BookingFlowRouterQueries:
    @query(description="A router; null when there is none.", access=Access.ANALYST)
    async def booking_flow_router(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The router.")],
    ) -> BookingFlowRouter | None:
        booking_flow_router_id = decode_id(EntityType.BOOKING_FLOW_ROUTER, id)
        key = owned(info.context.organization_id, booking_flow_router_id)
        found = None if key is None else await info.context.loaders.routers.load(key)
        return None if found is None else BookingFlowRouter.from_document(found)

    @query(description="The routers of the organization.", access=Access.ANALYST)
    async def booking_flow_routers(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingFlowRouterFilter | None,
            strawberry.argument(description="Which routers to list."),
        ] = None,
        order_by: Annotated[
            NamedOrder, strawberry.argument(description="How to sort them.")
        ] = NamedOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingFlowRouter]:
        return await paginate(
            info,
            documents.BookingFlowRouter,
            {
                "organization_id": info.context.organization_id,
                **(filter or BookingFlowRouterFilter()).to_query(),
            },
            order=order_by.value,
            to_node=BookingFlowRouter.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
