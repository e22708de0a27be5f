"""Reports on sessions: a field each."""

from typing import Annotated

import strawberry

from app.api.analytics.enums import BreakdownDimension
from app.api.analytics.further_queries import FurtherReports
from app.api.analytics.inputs import (
    CreationRange,
    OptionalFilter,
    OptionalFlowId,
    read_scope,
    read_time_zone,
)
from app.api.analytics.report_types import (
    BreakdownReport,
    FunnelReport,
    FunnelRow,
    ProgressionReport,
    ProgressionRow,
    StepAbandonmentReport,
    StepAbandonmentRow,
)
from app.api.analytics.types import EventFrequency
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, query
from app.services.analytics.event_frequency import load_event_frequency
from app.services.analytics.sessions import load_breakdown, load_progression
from app.services.analytics.steps import load_funnel, load_step_counts


@strawberry.type(description="Reports on the organization's sessions.")
class Analytics(FurtherReports):
    @strawberry.field(description="Per step, how many of those who entered it gave up there.")
    async def step_abandonment(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> StepAbandonmentReport:
        counts = await load_step_counts(
            read_scope(info, range, booking_flow_id, filter), now=info.context.now
        )
        rows = [StepAbandonmentRow.from_domain(count) for count in counts]
        return StepAbandonmentReport(rows=rows, as_of=info.context.now)

    @strawberry.field(description="How many sessions have completed how many steps.")
    async def progression(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> ProgressionReport:
        progression = await load_progression(
            read_scope(info, range, booking_flow_id, filter), now=info.context.now
        )
        rows = [ProgressionRow.from_domain(row) for row in progression]
        return ProgressionReport(rows=rows, as_of=info.context.now)

    @strawberry.field(
        description="Per step, how many entered, completed and dropped it, and how long it took."
    )
    async def funnel(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> FunnelReport:
        funnel = await load_funnel(
            read_scope(info, range, booking_flow_id, filter), now=info.context.now
        )
        rows = [FunnelRow.from_domain(step) for step in funnel]
        return FunnelReport(rows=rows, as_of=info.context.now)

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
        time_zone: Annotated[
            str,
            strawberry.argument(
                description="The IANA time zone whose days are meant, as America/New_York."
            ),
        ] = "UTC",
        *,
        filter: OptionalFilter = None,
    ) -> BreakdownReport:
        scope = read_scope(info, range, booking_flow_id, filter)
        rows = await load_breakdown(
            scope, group_by, zone=read_time_zone(time_zone), now=info.context.now
        )
        return BreakdownReport.from_domain(rows, dimension=group_by, as_of=info.context.now)

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
        frequency = await load_event_frequency(
            info.context.organization_id, session_id, now=info.context.now
        )
        return None if frequency is None else EventFrequency.from_domain(frequency)


@strawberry.type
class AnalyticsQueries:
    @query(description="Reports on the organization's sessions.", access=Access.ANALYST)
    async def analytics(self) -> Analytics:
        return Analytics()
