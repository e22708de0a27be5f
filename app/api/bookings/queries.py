"""Reading bookings."""

from typing import Annotated

import strawberry

from app.api.bookings.filters import BookingFilter
from app.api.bookings.types import Booking
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.permissions import Access, query
from app.documents import booking as documents
from app.documents.paging import SortOrder

NEWEST_FIRST = SortOrder("created_at", descending=True)


@strawberry.type
class BookingQueries:
    @query(description="The bookings, newest first.", access=Access.ANALYST)
    async def bookings(
        self,
        info: Info,
        *,
        filter: Annotated[
            BookingFilter | None, strawberry.argument(description="Which bookings to list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Booking]:
        owned = {"organization_id": info.context.organization_id}
        conditions = filter.to_query() if filter else {}
        return await paginate(
            info,
            documents.Booking,
            {**owned, **conditions},
            order=NEWEST_FIRST,
            to_node=Booking.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @query(description="A booking; null when there is none.", access=Access.ANALYST)
    async def booking(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The booking.")],
    ) -> Booking | None:
        booking_id = decode_id(EntityType.BOOKING, id)
        if booking_id is None:
            return None
        booking = await documents.Booking.get_owned(info.context.organization_id, booking_id)
        return None if booking is None else Booking.from_document(booking)
