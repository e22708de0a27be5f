"""Which sessions and events a list shows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import strawberry

from app.api.booking_sessions.enums import (
    BookingSessionEventType,
    BookingSessionStatus,
    DeviceType,
)
from app.api.ids import EntityType, decode_id
from app.api.ranges import created_between


@strawberry.input(description="Which sessions to list; conditions left out hold for all.")
class BookingSessionFilter:
    status: BookingSessionStatus | None = strawberry.field(
        default=None, description="How they stand."
    )
    booking_flow_id: strawberry.ID | None = strawberry.field(
        default=None, description="The flow they are on, whatever its revision."
    )
    created_from: datetime | None = strawberry.field(
        default=None, description="Started at this time or later."
    )
    created_to: datetime | None = strawberry.field(
        default=None, description="Started before this time."
    )
    utm_campaign: str | None = strawberry.field(
        default=None, description="Attributed to exactly this campaign."
    )
    device_type: DeviceType | None = strawberry.field(
        default=None, description="On this kind of device."
    )
    drop_off_step_id: strawberry.ID | None = strawberry.field(
        default=None, description="Abandoned at this step."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query; RequestError for a reversed range."""
        return {**dict(self._conditions()), **created_between(self.created_from, self.created_to)}

    def _conditions(self) -> Iterator[tuple[str, Any]]:
        if self.status is not None:
            yield "booking_outcome.status", self.status.value
        if self.booking_flow_id is not None:
            yield "booking_flow_id", decode_id(EntityType.BOOKING_FLOW, self.booking_flow_id) or ""
        if self.utm_campaign is not None:
            yield "session_context.utm.campaign", self.utm_campaign
        if self.device_type is not None:
            yield "session_context.device.type", self.device_type.value
        if self.drop_off_step_id is not None:
            step_id = decode_id(EntityType.BOOKING_FLOW_STEP, self.drop_off_step_id)
            yield "booking_outcome.drop_off_step_id", step_id or ""


@strawberry.input(description="Which events to list; conditions left out hold for all.")
class BookingSessionEventFilter:
    event_types: list[BookingSessionEventType] | None = strawberry.field(
        default=None, description="Of one of these kinds."
    )
    step_id: strawberry.ID | None = strawberry.field(
        default=None, description="Happened on this step."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query."""
        query: dict[str, Any] = {}
        if self.event_types is not None:
            query["event_type"] = {"$in": sorted({kind.value for kind in self.event_types})}
        if self.step_id is not None:
            query["step_id"] = decode_id(EntityType.BOOKING_FLOW_STEP, self.step_id) or ""
        return query
