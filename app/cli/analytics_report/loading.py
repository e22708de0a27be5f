"""Loading the report: the very reports of the API, and what people call the ids in them."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.api.analytics.choice_types import (
    AnswerStatisticsReport,
    LostDemandReport,
    VendorOutcomeReport,
)
from app.api.analytics.reports import AnalyticsReport, ReportRequest
from app.api.analytics.session_types import BreakdownReport, OverviewReport, ProgressionReport
from app.api.analytics.step_types import (
    FieldStatisticsReport,
    FunnelReport,
    StepAbandonmentReport,
)
from app.api.exports.report_columns import to_plain
from app.api.ids import EntityType, decode_id, encode_id
from app.cli.analytics_report.numbers import Breakdown, Choices, Compared, FlowReport, Report
from app.cli.analytics_report.words import Row, label
from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_revision import BookingFlowRevision
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_question import BookingQuestion
from app.documents.booking_service import BookingService
from app.documents.organization import Organization
from app.domain.analytics.breakdown import BreakdownDimension
from app.domain.analytics.scope import ReportScope
from app.domain.booking_flow.steps import ServiceSelectionStep
from app.domain.service_selection.graph import (
    AnswerReferenceNode,
    QuestionReferenceNode,
    ServiceGraph,
    ServiceReferenceNode,
)
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

REVISIONS_LOOKED_AT = 5
"""So many of the newest are looked at for one that sessions were on."""


async def load_report(organization: Organization, request: ReportRequest) -> Report:
    """Return the report; flows on which no session began are left out."""
    scope, other = request.scope, request.compared_with
    overview = await OverviewReport.load(request)
    days = replace(request, group_by=BreakdownDimension.DAY)
    return Report(
        organization=organization.name,
        conditions=await _conditions(scope),
        created=(scope.created_from, scope.created_to),
        compared_with=(other.created_from, other.created_to),
        zone=request.zone,
        as_of=request.now,
        overview=Compared(to_plain(overview.current), to_plain(await overview.previous())),
        days=await _both(BreakdownReport, days),
        progression=await _load(ProgressionReport, request),
        flows=[each async for each in _flows(request)],
        breakdowns=[await _breakdown(request, dimension) for dimension in DIMENSIONS],
        lost_demand=await _both(LostDemandReport, request),
        vendor_outcome=await _both(VendorOutcomeReport, request),
    )


async def _load(report: type[AnalyticsReport], request: ReportRequest) -> Any:
    return to_plain(await report.load(request))


async def _both(report: type[AnalyticsReport], request: ReportRequest) -> Compared:
    return Compared(await _load(report, request), await _load(report, request.previous()))


async def _flows(request: ReportRequest) -> AsyncIterator[FlowReport]:
    query: dict[str, Any] = {"organization_id": request.scope.organization_id}
    if request.scope.booking_flow_id is not None:
        query["_id"] = request.scope.booking_flow_id
    async for flow in BookingFlow.find(query).sort("_id"):
        of_flow = request.of_flow(flow.id)
        funnel = await _load(FunnelReport, of_flow)
        if not any(step["enteredCount"] for step in funnel["rows"]):
            continue
        yield FlowReport(
            id=encode_id(EntityType.BOOKING_FLOW, flow.id),
            name=flow.content.title,
            funnel=funnel,
            abandonment=await _both(StepAbandonmentReport, of_flow),
            fields=await _load(FieldStatisticsReport, of_flow),
            choices=await _choices(of_flow, flow),
        )


async def _choices(request: ReportRequest, flow: BookingFlow) -> Choices | None:
    """Return the numbers on the newest graph that any of the sessions came to, else the newest."""
    newest = None
    for number in _revisions(request.scope, flow):
        found = await AnswerStatisticsReport.load(request.of_revision(number))
        newest = newest or found
        if found is not None and found.session_count:
            newest = found
            break
    if newest is None:
        return None
    graph = await _find_graph(flow, newest.revision)
    names = await _name_nodes(request.scope.organization_id, graph)
    return Choices(to_plain(newest), names, graph.root_node_id)


def _revisions(scope: ReportScope, flow: BookingFlow) -> Iterable[int]:
    if scope.revision is not None:
        return (scope.revision,)
    return range(len(flow.revision_ids), 0, -1)[:REVISIONS_LOOKED_AT]


async def _find_graph(flow: BookingFlow, number: int) -> ServiceGraph:
    """Return the graph of a revision that has one."""
    revision_id = flow.revision_ids[number - 1]
    revision = await BookingFlowRevision.get_owned(flow.organization_id, revision_id)
    steps = () if revision is None else revision.steps
    return next(step.type_config for step in steps if isinstance(step, ServiceSelectionStep))


async def _name_nodes(organization_id: EntityId, graph: ServiceGraph) -> dict[str, str]:
    asked = {n.question_id for n in graph.nodes if isinstance(n, QuestionReferenceNode)}
    offered = {n.service_id for n in graph.nodes if isinstance(n, ServiceReferenceNode)}
    titles = {
        **{
            each.id: each.question_content.title
            for each in await BookingQuestion.list_owned(organization_id, asked)
        },
        **await _service_titles(organization_id, offered),
    }
    return {
        node.id: (
            node.answer_content.text
            if isinstance(node, AnswerReferenceNode)
            else titles.get(
                node.question_id if isinstance(node, QuestionReferenceNode) else node.service_id,
                f"{label(node.type.value.removesuffix('_reference'))} that was deleted",
            )
        )
        for node in graph.nodes
    }


async def _breakdown(request: ReportRequest, dimension: BreakdownDimension) -> Breakdown:
    report = await _both(BreakdownReport, replace(request, group_by=dimension))
    keys = [row["key"] for row in _all_rows(report) if row["key"] is not None]
    names: Mapping[str, str] = {}
    match dimension:
        case BreakdownDimension.SERVICE:
            names = await _name_services(request.scope.organization_id, keys)
        case BreakdownDimension.ROUTING_RULE:
            names = await _name_rules(request.scope.organization_id)
        case BreakdownDimension.DEVICE:
            names = {key: label(key) for key in keys}
        case _:
            pass
    return Breakdown(DIMENSIONS[dimension], report, names, NOBODY_NAMED.get(dimension, "none"))


def _all_rows(report: Compared) -> Iterable[Row]:
    return [*report.now["rows"], *report.before["rows"]]


async def _name_services(organization_id: EntityId, keys: Sequence[str]) -> dict[str, str]:
    ids = {key: decode_id(EntityType.BOOKING_SERVICE, key) for key in keys}
    titles = await _service_titles(organization_id, {each for each in ids.values() if each})
    return {key: titles[service_id] for key, service_id in ids.items() if service_id in titles}


async def _service_titles(organization_id: EntityId, ids: Iterable[EntityId]) -> dict[str, str]:
    services = await BookingService.list_owned(organization_id, ids)
    return {each.id: each.service_content.title for each in services}


async def _name_rules(organization_id: EntityId) -> dict[str, str]:
    routers = BookingFlowRouter.find({"organization_id": organization_id})
    return {rule.id: rule.name async for router in routers for rule in router.rules}


async def _conditions(scope: ReportScope) -> list[str]:
    """Return in words what is asked of the sessions beside when they began."""
    words = []
    if scope.booking_flow_id is not None:
        flow = await BookingFlow.get_owned(scope.organization_id, scope.booking_flow_id)
        words.append(f"flow “{flow.content.title}”" if flow else "an unknown flow")
    if scope.revision is not None:
        words.append(f"revision {scope.revision}")
    if scope.routing_rule_id is not None:
        rules = await _name_rules(scope.organization_id)
        words.append(f"rule “{rules.get(scope.routing_rule_id, scope.routing_rule_id)}”")
    texts = {
        "source": scope.utm_source,
        "medium": scope.utm_medium,
        "campaign": scope.utm_campaign,
    }
    words += [f"{name} “{text}”" for name, text in texts.items() if text is not None]
    if scope.device_type is not None:
        words.append(f"device {label(scope.device_type.name).lower()}")
    if scope.includes_bots:
        words.append("bots too")
    return words
