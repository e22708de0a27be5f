"""Reports on sessions: a field each."""

from dataclasses import replace
from typing import Annotated

import strawberry

from app.api.analytics.choice_types import (
    AnswerStatisticsReport,
    LostDemandReport,
    VendorOutcomeReport,
)
from app.api.analytics.enums import BreakdownDimension
from app.api.analytics.event_types import EventFrequency
from app.api.analytics.inputs import (
    CreationRange,
    OptionalFilter,
    OptionalFlowId,
    OtherRange,
    TimeZone,
    read_time_zone,
)
from app.api.analytics.reports import read_request, report_field
from app.api.analytics.session_types import BreakdownReport, OverviewReport, ProgressionReport
from app.api.analytics.step_types import (
    FieldStatisticsReport,
    FunnelReport,
    StepAbandonmentReport,
)
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, query
from app.services.analytics.event_frequency import load_event_frequency


@strawberry.type(description="Reports on the organization's sessions.")
class Analytics:
    overview: OverviewReport = report_field(
        OverviewReport,
        description="How many came, booked, left and returned, beside another range.",
    )
    step_abandonment: StepAbandonmentReport = report_field(
        StepAbandonmentReport,
        description="Per step, how many of those who entered it gave up there.",
    )
    progression: ProgressionReport = report_field(
        ProgressionReport, description="How many sessions have completed how many steps."
    )
    funnel: FunnelReport = report_field(
        FunnelReport,
        description=("Per step, how many entered, completed and dropped it, and how long it took."),
    )
    field_statistics: FieldStatisticsReport = report_field(
        FieldStatisticsReport,
        description="Per field, how often it was filled and failed, and how long.",
    )
    lost_demand: LostDemandReport = report_field(
        LostDemandReport, description="Which zip codes were asked for and are not covered."
    )
    vendor_outcome: VendorOutcomeReport = report_field(
        VendorOutcomeReport, description="How many bookings became jobs at the vendor."
    )

    @strawberry.field(description="How sessions ended, by campaign, rule, service, device or day.")
    async def breakdown(
        self,
        info: Info,
        range: CreationRange,
        group_by: Annotated[
            BreakdownDimension,
            strawberry.argument(description="What the sessions are told apart by."),
        ],
        booking_flow_id: OptionalFlowId = None,
        time_zone: TimeZone = "UTC",
        *,
        filter: OptionalFilter = None,
        compared_with: OtherRange = None,
    ) -> BreakdownReport:
        request = read_request(info, range, booking_flow_id, filter, compared_with)
        zone = read_time_zone(time_zone)
        return await BreakdownReport.load(replace(request, group_by=group_by, zone=zone))

    @strawberry.field(
        description=(
            "The service-selection graph of a flow's revision with numbers on it: `revision` of "
            "the filter, or else the newest. Null when there is no such revision or no graph."
        )
    )
    async def answer_statistics(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: Annotated[strawberry.ID, strawberry.argument(description="The flow.")],
        filter: OptionalFilter = None,
        compared_with: OtherRange = None,
    ) -> AnswerStatisticsReport | None:
        request = read_request(info, range, booking_flow_id, filter, compared_with)
        return await AnswerStatisticsReport.load(request)

    @strawberry.field(
        description=(
            "How often and how fast things happened in one session, over all of its events; null "
            "when there is no such session."
        )
    )
    async def event_frequency(
        self,
        info: Info,
        booking_session_id: Annotated[
            strawberry.ID, strawberry.argument(description="The session.")
        ],
    ) -> EventFrequency | None:
        session_id = decode_id(EntityType.BOOKING_SESSION, booking_session_id)
        if session_id is None:
            return None
        now = info.context.now
        frequency = await load_event_frequency(info.context.organization_id, session_id, now=now)
        return None if frequency is None else EventFrequency.from_domain(frequency, as_of=now)


@strawberry.type
class AnalyticsQueries:
    @query(description="Reports on the organization's sessions.", access=Access.ANALYST)
    async def analytics(self) -> Analytics:
        return Analytics()
