"""The enums of this part of the schema."""

from app.api.booking_flows.enums import StepType
from app.api.booking_sessions.enums import (
    BookingSessionEventType,
    BookingSessionStatus,
    DeviceType,
)
from app.api.enums import expose_enum
from app.api.service_selection.enums import NodeType
from app.domain.analytics.breakdown import BreakdownDimension

__all__ = [
    "BookingSessionEventType",
    "BookingSessionStatus",
    "BreakdownDimension",
    "DeviceType",
    "NodeType",
    "StepType",
]

expose_enum(
    BreakdownDimension,
    description="What sessions are told apart by.",
    values={
        BreakdownDimension.UTM_SOURCE: "The source of the campaign, as the page's URL says it.",
        BreakdownDimension.UTM_MEDIUM: "The medium of the campaign, as the page's URL says it.",
        BreakdownDimension.UTM_CAMPAIGN: "The campaign, as the page's URL says it.",
        BreakdownDimension.ROUTING_RULE: (
            "The id of the routing rule that chose the flow; none for the default flow."
        ),
        BreakdownDimension.SERVICE: (
            "The id of the service that is booked, or was selected when the session ended, or is "
            "selected now."
        ),
        BreakdownDimension.DEVICE: "The kind of device, a value of `DeviceType`.",
        BreakdownDimension.DAY: "The day on which the session started, as 2026-01-31.",
    },
)
