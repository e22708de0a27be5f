"""Further reports on sessions: a field each."""

from typing import Annotated

import strawberry

from app.api.analytics.choice_types import (
    AnswerStatisticsReport,
    LostDemandReport,
    VendorOutcomeReport,
)
from app.api.analytics.inputs import (
    CreationRange,
    DateTimeRangeInput,
    OptionalFilter,
    OptionalFlowId,
    read_other_range,
    read_scope,
)
from app.api.analytics.overview_types import (
    FieldStatisticsReport,
    FieldStatisticsRow,
    Overview,
    OverviewReport,
)
from app.api.context import Info
from app.services.analytics.choices import (
    load_answer_statistics,
    load_lost_demand,
    load_vendor_outcome,
)
from app.services.analytics.sessions import load_overview
from app.services.analytics.steps import load_field_statistics


@strawberry.type
class FurtherReports:
    @strawberry.field(description="How many came, booked, left and returned, beside another range.")
    async def overview(
        self,
        info: Info,
        range: CreationRange,
        compared_with: Annotated[
            DateTimeRangeInput | None,
            strawberry.argument(
                description="The range to compare with; one of the same length just before it."
            ),
        ] = None,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> OverviewReport:
        scope, now = read_scope(info, range, booking_flow_id, filter), info.context.now
        other = read_other_range(compared_with, scope)
        return OverviewReport(
            current=Overview.from_domain(await load_overview(scope, now=now), scope=scope),
            previous=Overview.from_domain(await load_overview(other, now=now), scope=other),
            as_of=now,
        )

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
    ) -> AnswerStatisticsReport | None:
        scope, now = read_scope(info, range, booking_flow_id, filter), info.context.now
        graph = await load_answer_statistics(scope, now=now)
        return None if graph is None else AnswerStatisticsReport.from_domain(graph, as_of=now)

    @strawberry.field(description="Per field, how often it was filled and failed, and how long.")
    async def field_statistics(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> FieldStatisticsReport:
        scope, now = read_scope(info, range, booking_flow_id, filter), info.context.now
        rows = await load_field_statistics(scope, now=now)
        return FieldStatisticsReport(
            rows=[FieldStatisticsRow.from_domain(row) for row in rows], as_of=now
        )

    @strawberry.field(description="Which zip codes were asked for and are not covered.")
    async def lost_demand(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> LostDemandReport:
        scope, now = read_scope(info, range, booking_flow_id, filter), info.context.now
        return LostDemandReport.from_domain(await load_lost_demand(scope, now=now), as_of=now)

    @strawberry.field(description="How many bookings became jobs at the vendor.")
    async def vendor_outcome(
        self,
        info: Info,
        range: CreationRange,
        booking_flow_id: OptionalFlowId = None,
        filter: OptionalFilter = None,
    ) -> VendorOutcomeReport:
        scope, now = read_scope(info, range, booking_flow_id, filter), info.context.now
        return VendorOutcomeReport.from_domain(await load_vendor_outcome(scope, now=now), as_of=now)
