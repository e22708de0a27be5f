"""The numbers of the report: the rows that the API answers and the files hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.api.exports.tables import EXPORT_TABLES
from app.api.ids import EntityType, decode_id, encode_id
from app.cli.analytics_report.words import Row
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_service import BookingService
from app.documents.organization import Organization
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.exports import AnalyticsExportKind, ExportRequest
from app.domain.analytics.scope import ReportScope
from app.domain.values import EntityId

DIMENSIONS = {
    BreakdownDimension.UTM_CAMPAIGN: "Campaign",
    BreakdownDimension.UTM_SOURCE: "Source",
    BreakdownDimension.UTM_MEDIUM: "Medium",
    BreakdownDimension.SERVICE: "Service",
    BreakdownDimension.DEVICE: "Device",
    BreakdownDimension.ROUTING_RULE: "Routing rule",
}
NOBODY_NAMED = {
    BreakdownDimension.SERVICE: "none selected",
    BreakdownDimension.ROUTING_RULE: "default flow",
}
"""What the sessions without a key are called, where that is not "none"."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How the sessions of each key ended; `names` are of keys that are ids."""

    title: str
    rows: Sequence[Row]
    names: Mapping[str, str]
    without_key: str = "none"

    def name_of(self, key: str | None) -> str:
        """Return what people call the key."""
        return self.without_key if key is None else self.names.get(key, key)


@dataclass(frozen=True, slots=True)
class FlowFunnel:
    """The way through one flow, who gave up on it, and how they fared with its fields."""

    name: str
    steps: Sequence[Row]
    abandonment: Sequence[Row]
    fields: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report shows."""

    organization: str
    created_from: datetime
    created_to: datetime
    zone: ZoneInfo
    as_of: datetime
    overview: Row
    previous: Row
    days: Sequence[Row]
    progression: Sequence[Row]
    funnels: Sequence[FlowFunnel]
    breakdowns: Sequence[Breakdown]
    lost_demand: Sequence[Row]

    def to_json(self) -> dict[str, Any]:
        """Return the rows as the API answers them."""
        return {
            "asOf": self.as_of.isoformat(),
            "overview": self.overview,
            "previous": self.previous,
            "days": self.days,
            "progression": self.progression,
            "funnels": [
                {
                    "flow": each.name,
                    "rows": each.steps,
                    "stepAbandonment": each.abandonment,
                    "fieldStatistics": each.fields,
                }
                for each in self.funnels
            ],
            "breakdowns": [{"title": each.title, "rows": each.rows} for each in self.breakdowns],
            "lostDemand": self.lost_demand,
        }


@dataclass(frozen=True, slots=True)
class _Rows:
    scope: ReportScope
    zone: ZoneInfo
    now: datetime

    async def of(
        self, kind: AnalyticsExportKind, *, by: BreakdownDimension | None = None
    ) -> list[Row]:
        request = ExportRequest(kind=kind, scope=self.scope, time_zone=self.zone.key, group_by=by)
        table = EXPORT_TABLES[kind]
        return [
            dict(zip(table.columns, row, strict=True))
            async for page in table.stream(request, self.now)
            for row in page
        ]


async def load_report(
    organization: Organization, scope: ReportScope, *, zone: ZoneInfo, now: datetime
) -> Report:
    """Return the report on the sessions of a scope, a funnel for each flow that has any."""
    rows = _Rows(scope, zone, now)
    overview, previous = await rows.of(AnalyticsExportKind.OVERVIEW)
    return Report(
        organization=organization.name,
        created_from=scope.created_from,
        created_to=scope.created_to,
        zone=zone,
        as_of=now,
        overview=overview,
        previous=previous,
        days=await rows.of(AnalyticsExportKind.BREAKDOWN, by=BreakdownDimension.DAY),
        progression=await rows.of(AnalyticsExportKind.PROGRESSION),
        funnels=[each async for each in _funnels(rows)],
        breakdowns=[await _breakdown(rows, dimension) for dimension in DIMENSIONS],
        lost_demand=await rows.of(AnalyticsExportKind.LOST_DEMAND),
    )


async def _funnels(rows: _Rows) -> Any:
    query: dict[str, Any] = {"organization_id": rows.scope.organization_id}
    if rows.scope.booking_flow_id is not None:
        query["_id"] = rows.scope.booking_flow_id
    async for flow in BookingFlow.find(query).sort("_id"):
        scope = rows.scope.model_copy(update={"booking_flow_id": flow.id})
        of_flow = replace(rows, scope=scope)
        steps = await of_flow.of(AnalyticsExportKind.FUNNEL)
        if any(step["enteredCount"] for step in steps):
            yield FlowFunnel(
                name=flow.content.title,
                steps=steps,
                abandonment=await of_flow.of(AnalyticsExportKind.STEP_ABANDONMENT),
                fields=await of_flow.of(AnalyticsExportKind.FIELD_STATISTICS),
            )


async def _breakdown(rows: _Rows, dimension: BreakdownDimension) -> Breakdown:
    found = await rows.of(AnalyticsExportKind.BREAKDOWN, by=dimension)
    keys = [row["key"] for row in found if row["key"] is not None]
    match dimension:
        case BreakdownDimension.SERVICE:
            names = await _name_services(rows.scope.organization_id, keys)
        case BreakdownDimension.ROUTING_RULE:
            names = await _name_rules(rows.scope.organization_id)
        case BreakdownDimension.DEVICE:
            names = {key: key.capitalize() for key in keys}
        case _:
            names = {}
    return Breakdown(DIMENSIONS[dimension], found, names, NOBODY_NAMED.get(dimension, "none"))


async def _name_services(organization_id: EntityId, keys: Sequence[str]) -> dict[str, str]:
    ids = [decode_id(EntityType.BOOKING_SERVICE, key) for key in keys]
    services = await BookingService.list_owned(organization_id, [each for each in ids if each])
    return {
        encode_id(EntityType.BOOKING_SERVICE, each.id): each.service_content.title
        for each in services
    }


async def _name_rules(organization_id: EntityId) -> dict[str, str]:
    routers = BookingFlowRouter.find({"organization_id": organization_id})
    return {rule.id: rule.name async for router in routers for rule in router.rules}
