"""Which flow the visitor of a page gets."""

from datetime import datetime
from typing import NamedTuple

from cachetools import LRUCache

from app.documents.booking_flow import BookingFlow
from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.scheduler_config import SchedulerConfig
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.routing.explaining import Explanation, explain
from app.domain.routing.matching import CompiledRouter, RouteDecision, compile_router, match
from app.domain.routing.patterns import MAX_PATTERN_SIZE
from app.domain.routing.rules import flow_ids_of
from app.domain.routing.urls import ParsedUrl, RoutingContext, UrlProblem, parse_url
from app.domain.values import EntityId, Value
from app.services.content_generations import KeptContent, current_generations
from app.services.patterns import compile_pattern
from app.services.shared_reads import SharedReads

# A router's rules change with its version only. Patterns are what takes room.
_routers: LRUCache[tuple[EntityId, int], CompiledRouter] = LRUCache(
    maxsize=20 * MAX_PATTERN_SIZE, getsizeof=lambda router: len(router.rules) + router.pattern_size
)
_NO_RULES = compile_router((), compile_pattern=compile_pattern)


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

    Only published flows are chosen. Two commands: the router and the flows it may lead to; requests
    of one moment share them, and none is needed until the organization's content changes.
    """
    offer = await _find_offer(config)
    published = offer.published_revision_ids
    decision = match(
        offer.compiled,
        url,
        published_flow_ids=published.keys(),
        now=now,
        visitor_id=visitor_id,
        default_flow_id=config.default_booking_flow_id,
    )
    return Route(
        decision=decision,
        rule_name=offer.rule_names.get(decision.rule_id or ""),
        revision_id=published.get(decision.booking_flow_id or ""),
    )


class _OfferKey(NamedTuple):
    organization_id: EntityId
    router_id: EntityId | None
    default_flow_id: EntityId | None


class _Offer(NamedTuple):
    """The rules of a router, and the published revision of each flow they may lead to."""

    compiled: CompiledRouter
    rule_names: dict[str, str]
    published_revision_ids: dict[EntityId, EntityId]


async def _load_offer(key: _OfferKey) -> _Offer:
    compiled = await _load_compiled(key.organization_id, key.router_id)
    wanted = flow_ids_of([one.rule for one in compiled.rules])
    if key.default_flow_id is not None:
        wanted.add(key.default_flow_id)
    names = {one.rule.id: one.rule.name for one in compiled.rules}
    return _Offer(compiled, names, await _load_published(key.organization_id, wanted))


_offers = SharedReads(_load_offer)
_kept_offers: KeptContent[_Offer] = KeptContent(max_size=1_000)


async def _find_offer(config: SchedulerConfig) -> _Offer:
    key = _OfferKey(
        config.organization_id, config.booking_flow_router_id, config.default_booking_flow_id
    )
    kept = _kept_offers.find(key)
    if kept is not None:
        return kept
    stamp = current_generations().stamp()
    offer = await _offers.get(key)
    _kept_offers.keep(key, offer, organization_id=config.organization_id, stamp=stamp)
    return offer


async def explain_route(
    router: BookingFlowRouter, url: ParsedUrl, *, now: datetime, visitor_id: str | None = None
) -> Explanation:
    """Return how the router decides for a page, and what became of every rule; one command."""
    compiled = compile_stored(router)
    published = await _load_published(router.organization_id, flow_ids_of(router.rules))
    return explain(
        compiled, url, published_flow_ids=published.keys(), now=now, visitor_id=visitor_id
    )


async def _load_published(
    organization_id: EntityId, flow_ids: set[EntityId]
) -> dict[EntityId, EntityId]:
    """Return the published revision of each of the flows that has one."""
    flows = await BookingFlow.list_owned(organization_id, flow_ids)
    return {
        flow.id: flow.published_revision_id
        for flow in flows
        if flow.published_revision_id is not None
    }


async def _load_compiled(organization_id: EntityId, router_id: EntityId | None) -> CompiledRouter:
    """Return the rules of a router; the router itself is loaded once per version."""
    if router_id is None:
        return _NO_RULES
    version = await BookingFlowRouter.find_version(organization_id, router_id)
    compiled = None if version is None else _routers.get((router_id, version))
    if compiled is not None:
        return compiled
    router = await BookingFlowRouter.get_owned(organization_id, router_id)
    return _NO_RULES if router is None else compile_stored(router)


def compile_stored(router: BookingFlowRouter) -> CompiledRouter:
    """Return the rules of a router ready for matching, compiled once per version."""
    key = (router.id, router.version)
    compiled = _routers.get(key)
    if compiled is None:
        compiled = compile_router(router.rules, compile_pattern=compile_pattern)
        _routers[key] = compiled
    return compiled
