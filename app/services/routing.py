"""Which flow the visitor of a page gets."""

from datetime import datetime

from cachetools import LRUCache

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.scheduler_config import SchedulerConfig
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.routing.matching import CompiledRouter, RouteDecision, compile_router, match
from app.domain.routing.urls import ParsedUrl, RoutingContext, UrlProblem, parse_url
from app.domain.values import EntityId, Value
from app.services.patterns import compile_pattern

# A router's rules change with its version only.
_routers: LRUCache[tuple[EntityId, int], CompiledRouter] = LRUCache(maxsize=500)


class Route(Value):
    """What routing decided, with the revision to serve; both None when no flow is offered."""

    decision: RouteDecision
    rule_name: str | None = None
    revision_id: EntityId | None = None


def read_url(context: RoutingContext) -> ParsedUrl:
    """Return the parts of the page's URL; raises Refused with INVALID when it is no URL."""
    parsed = parse_url(context.url, context.utm)
    if isinstance(parsed, UrlProblem):
        raise refuse(ProblemCode.INVALID, parsed.message, "context", "url")
    return parsed


async def find_route(
    config: SchedulerConfig, url: ParsedUrl, *, now: datetime, visitor_id: str | None = None
) -> Route:
    """Return the flow of the first matching rule, else the config's default flow, else none.

    Only published flows are chosen. Two commands: the router and the flows it may lead to.
    """
    router = await _load_router(config)
    compiled = _compile(router)
    wanted = {flow_id for rule in compiled.rules for flow_id in rule.rule.flow_ids}
    if config.default_booking_flow_id is not None:
        wanted.add(config.default_booking_flow_id)
    flows = await BookingFlow.list_owned(config.organization_id, wanted)
    published = {
        flow.id: flow.published_revision_id
        for flow in flows
        if flow.published_revision_id is not None
    }
    decision = match(
        compiled,
        url,
        published_flow_ids=published.keys(),
        now=now,
        visitor_id=visitor_id,
        default_flow_id=config.default_booking_flow_id,
    )
    rules = {rule.id: rule for rule in router.rules} if router else {}
    rule = rules.get(decision.rule_id or "")
    return Route(
        decision=decision,
        rule_name=rule.name if rule else None,
        revision_id=published.get(decision.booking_flow_id or ""),
    )


async def _load_router(config: SchedulerConfig) -> BookingFlowRouter | None:
    if config.booking_flow_router_id is None:
        return None
    return await BookingFlowRouter.get_owned(config.organization_id, config.booking_flow_router_id)


def _compile(router: BookingFlowRouter | None) -> CompiledRouter:
    if router is None:
        return compile_router((), compile_pattern=compile_pattern)
    key = (router.id, router.version)
    compiled = _routers.get(key)
    if compiled is None:
        compiled = compile_router(router.rules, compile_pattern=compile_pattern)
        _routers[key] = compiled
    return compiled
