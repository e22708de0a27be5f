"""Which bookings a list shows."""

from datetime import datetime
from typing import Any

import strawberry

from app.api.bookings.enums import BookingStatus, VendorBookingSyncStatus
from app.api.ranges import created_between


@strawberry.input(description="Which bookings to list; conditions left out hold for all.")
class BookingFilter:
    vendor_sync_status: VendorBookingSyncStatus | None = strawberry.field(
        default=None, description="How far they have come on their way to the vendor."
    )
    status: BookingStatus | None = strawberry.field(
        default=None, description="What became of them since they were made."
    )
    created_from: datetime | None = strawberry.field(
        default=None, description="Made at this time or later."
    )
    created_to: datetime | None = strawberry.field(
        default=None, description="Made before this time."
    )
    confirmation_code: str | None = strawberry.field(
        default=None, description="The one with this code, however it is spaced or cased."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for a reversed range."""
        query = created_between(self.created_from, self.created_to)
        if self.vendor_sync_status is not None:
            query["vendor_sync_status"] = self.vendor_sync_status.value
        if self.status is not None:
            query["status"] = self.status.value
        if self.confirmation_code is not None:
            query["confirmation_code"] = "".join(self.confirmation_code.split()).upper()
        return query
