"""Reading services."""

from typing import Annotated, Any

import strawberry

from app.api.booking_services.enums import VendorServiceSyncStatus
from app.api.booking_services.types import BookingService
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.ordering import TitledOrder, titled_by
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.api.searching import text_query
from app.documents import booking_service as documents
from app.loaders.base import owned


@strawberry.input(description="Which services to list; conditions left out hold for all.")
class BookingServiceFilter:
    search: str | None = strawberry.field(
        default=None, description="Those whose title contains this text, whatever the case."
    )
    vendor_sync_status: list[VendorServiceSyncStatus] | None = strawberry.field(
        default=None, description="Those linked to a job type that compares so."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for an impossible search."""
        query = text_query(self.search, "service_content.title")
        if self.vendor_sync_status is not None:
            wanted = sorted({status.value for status in self.vendor_sync_status})
            query["vendor_data.vendor_sync_status"] = {"$in": wanted}
        return query


@strawberry.type
class BookingServiceQueries:
    @query(description="A service; null when there is none.", access=Access.ANALYST)
    async def booking_service(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The service.")],
    ) -> BookingService | None:
        booking_service_id = decode_id(EntityType.BOOKING_SERVICE, id)
        key = owned(info.context.organization_id, booking_service_id)
        found = None if key is None else await info.context.loaders.services.load(key)
        return None if found is None else BookingService.from_document(found)

    @query(description="The services of the organization.", access=Access.ANALYST)
    async def booking_services(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingServiceFilter | None, strawberry.argument(description="Which services to list.")
        ] = None,
        order_by: Annotated[
            TitledOrder, strawberry.argument(description="How to sort them.")
        ] = TitledOrder.CREATED_AT_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[BookingService]:
        return await paginate(
            info,
            documents.BookingService,
            {
                "organization_id": info.context.organization_id,
                **(filter or BookingServiceFilter()).to_query(),
            },
            order=titled_by("service_content.title", order_by),
            to_node=BookingService.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )
