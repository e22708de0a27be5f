"""Trying rules on past sessions before they are stored."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from app.documents.booking_flow_router import BookingFlowRouter
from app.documents.booking_session import BookingSession
from app.documents.scheduler_config import SchedulerConfig
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.routing.matching import CompiledRouter, compile_router
from app.domain.routing.previewing import (
    PastVisit,
    Rerouting,
    find_reroutings,
    merge_reroutings,
)
from app.domain.routing.rules import RoutingRule, flow_ids_of
from app.domain.routing.urls import Utm
from app.domain.values import EntityId
from app.services.computing import OutOfTime, computing_process
from app.services.patterns import compile_pattern
from app.services.routing_problems import load_statuses_of_ids

MAX_SESSIONS: Final = 10_000
SESSIONS_PER_BATCH: Final = 1_000
TIME_LIMIT_SECONDS: Final = 15.0

DefaultFlows = Mapping[EntityId, EntityId | None]
"""The default flow of each scheduler config."""


@dataclass(frozen=True, slots=True)
class RoutingPreview:
    """What would change; `is_truncated` says that older sessions were not examined."""

    examined_count: int
    is_truncated: bool
    reroutings: tuple[Rerouting, ...]


async def preview_rules(
    organization_id: EntityId,
    rules: tuple[RoutingRule, ...],
    *,
    since: datetime,
    router: BookingFlowRouter | None = None,
) -> RoutingPreview:
    """Run the rules over the newest sessions since then; of a router, those it serves only.

    At most `MAX_SESSIONS`, and as many as the time limit allows. Matching happens in the computing
    process. Raises Busy when too much waits there.
    """
    configs = await SchedulerConfig.find({"organization_id": organization_id}).to_list()
    if router is not None:
        configs = [config for config in configs if config.booking_flow_router_id == router.id]
    defaults = {config.id: config.default_booking_flow_id for config in configs}
    named = flow_ids_of(rules) | {flow_id for flow_id in defaults.values() if flow_id}
    statuses = await load_statuses_of_ids(organization_id, named)
    published = frozenset(
        flow_id for flow_id, status in statuses.items() if status is BookingFlowStatus.PUBLISHED
    )
    sessions = BookingSession.stream_routed(
        organization_id,
        since=since,
        scheduler_config_ids=None if router is None else sorted(defaults),
        limit=MAX_SESSIONS + 1,
    )
    return await _preview(rules, sessions, defaults=defaults, published_flow_ids=published)


async def _preview(
    rules: tuple[RoutingRule, ...],
    sessions: AsyncIterator[Mapping[str, Any]],
    *,
    defaults: DefaultFlows,
    published_flow_ids: frozenset[EntityId],
) -> RoutingPreview:
    clock = asyncio.get_running_loop()
    deadline = clock.time() + TIME_LIMIT_SECONDS
    examined = 0
    found: list[Rerouting] = []
    async for batch in _batches(sessions, defaults):
        taken = batch[: MAX_SESSIONS - examined]
        left = deadline - clock.time()
        if left <= 0:
            return RoutingPreview(examined, True, merge_reroutings(found))
        try:
            found += await computing_process.run(
                _find_reroutings, left, rules, taken, published_flow_ids
            )
        except OutOfTime:
            return RoutingPreview(examined, True, merge_reroutings(found))
        examined += len(taken)
        if len(taken) < len(batch):
            return RoutingPreview(examined, True, merge_reroutings(found))
    return RoutingPreview(examined, False, merge_reroutings(found))


async def _batches(
    sessions: AsyncIterator[Mapping[str, Any]], defaults: DefaultFlows
) -> AsyncIterator[list[PastVisit]]:
    batch: list[PastVisit] = []
    async for session in sessions:
        batch.append(_to_visit(session, defaults))
        if len(batch) == SESSIONS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _to_visit(session: Mapping[str, Any], defaults: DefaultFlows) -> PastVisit:
    context = session["session_context"]
    return PastVisit(
        url=context["url"],
        utm=Utm(**context.get("utm", {})),
        visitor_id=context.get("visitor_id"),
        routed_at=session["created_at"],
        rule_id=(context.get("route") or {}).get("rule_id"),
        booking_flow_id=session["booking_flow_id"],
        default_flow_id=defaults.get(session.get("scheduler_config_id") or ""),
    )


def _find_reroutings(
    rules: tuple[RoutingRule, ...],
    visits: Sequence[PastVisit],
    published_flow_ids: frozenset[EntityId],
) -> tuple[Rerouting, ...]:
    return find_reroutings(_compile(rules), visits, published_flow_ids=published_flow_ids)


@lru_cache(maxsize=1)
def _compile(rules: tuple[RoutingRule, ...]) -> CompiledRouter:
    return compile_router(rules, compile_pattern=compile_pattern)
