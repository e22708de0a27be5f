"""Trying routing rules: their problems, one page, past sessions."""

import asyncio
from datetime import datetime
from typing import Annotated

import strawberry
from pydantic import TypeAdapter

from app.api.arguments import bad_argument
from app.api.booking_flow_routers.inputs import BookingFlowRoutingRuleInput, RoutingContextInput
from app.api.booking_flow_routers.trial_types import (
    BookingFlowRouterPreview,
    BookingFlowRouterTest,
)
from app.api.booking_flow_routers.types import RoutingProblem
from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.inputs import read_input, read_plain
from app.api.permissions import Access, query
from app.documents.booking_flow_router import BookingFlowRouter
from app.domain.refusal import Refused
from app.domain.routing.rules import RoutingRule, RoutingRules
from app.domain.routing.urls import ParsedUrl
from app.services.booking_sessions.start import PageContext
from app.services.routing import explain_route, read_url
from app.services.routing_preview import preview_rules
from app.services.routing_problems import find_problems_of_rules

RULES: TypeAdapter[tuple[RoutingRule, ...]] = TypeAdapter(RoutingRules)

DraftRules = Annotated[
    list[BookingFlowRoutingRuleInput],
    strawberry.argument(description="The rules to try; nothing is stored."),
]


@strawberry.type
class RoutingTrialQueries:
    @query(
        description="What is wrong with rules before they are stored.",
        access=Access.ANALYST,
    )
    async def validate_booking_flow_router(
        self, info: Info, rules: DraftRules
    ) -> list[RoutingProblem]:
        read = await asyncio.to_thread(_read_rules, rules)
        problems = await find_problems_of_rules(info.context.organization_id, read)
        return [RoutingProblem.from_domain(problem) for problem in problems]

    @query(
        description="How a router decides for a page, with what became of every rule. Null for an "
        "unknown id.",
        access=Access.ANALYST,
    )
    async def test_booking_flow_router(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The router.")],
        context: Annotated[RoutingContextInput, strawberry.argument(description="The page.")],
    ) -> BookingFlowRouterTest | None:
        page, url = _read_page(context)
        router = await _find_router(info, id)
        if router is None:
            return None
        explanation = await explain_route(
            router, url, now=info.context.now, visitor_id=page.visitor_id
        )
        return BookingFlowRouterTest.from_domain(explanation, router=router)

    @query(
        description="What rules would have made of the newest past sessions, each at its own time. "
        "Null for an unknown id.",
        access=Access.ANALYST,
    )
    async def preview_booking_flow_router(
        self,
        info: Info,
        rules: DraftRules,
        since: Annotated[
            datetime, strawberry.argument(description="Only sessions that started from then on.")
        ],
        id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="The router the rules are for: only sessions of the scheduler configs "
                "that use it count. All sessions when it is left out."
            ),
        ] = None,
    ) -> BookingFlowRouterPreview | None:
        read = await asyncio.to_thread(_read_rules, rules)
        router = None if id is None else await _find_router(info, id)
        if id is not None and router is None:
            return None
        organization_id = info.context.organization_id
        preview = await preview_rules(organization_id, read, since=since, router=router)
        return BookingFlowRouterPreview.from_domain(preview, organization_id=organization_id)


async def _find_router(info: Info, global_id: str) -> BookingFlowRouter | None:
    router_id = decode_id(EntityType.BOOKING_FLOW_ROUTER, global_id)
    if router_id is None:
        return None
    return await BookingFlowRouter.get_owned(info.context.organization_id, router_id)


def _read_rules(rules: list[BookingFlowRoutingRuleInput]) -> tuple[RoutingRule, ...]:
    try:
        return read_plain(rules, RULES)
    except Refused as refused:
        raise bad_argument(refused.problems, argument="rules", value=rules) from refused


def _read_page(context: RoutingContextInput) -> tuple[PageContext, ParsedUrl]:
    try:
        page = read_input(context, PageContext)
        return page, read_url(page)
    except Refused as refused:
        raise bad_argument(refused.problems, argument="context", value=context) from refused
