"""Routing rules as clients read them."""

from datetime import datetime

import strawberry

from app.api.booking_flow_routers.enums import (
    ConditionOperator,
    ConditionSource,
    RoutingProblemCode,
)
from app.api.booking_flows.types import BookingFlow
from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.permissions import Access, AccessExtension
from app.api.scalars import Url
from app.api.service_selection.enums import Severity
from app.api.service_selection.types import to_ids
from app.api.usage import EntityUser, load_users
from app.documents import booking_flow_router as documents
from app.documents.booking_flow import BookingFlow as BookingFlowDocument
from app.domain.routing import problems as domain_problems
from app.domain.routing import rules as domain
from app.domain.usage import UsedKind
from app.domain.values import EntityId
from app.loaders.base import OwnedId
from app.services.routing_problems import find_problems_of_router, statuses_of


@strawberry.type(description="One claim about a page's URL.")
class RoutingCondition:
    source: ConditionSource = strawberry.field(description="The part looked at.")
    name: str | None = strawberry.field(description="The parameter's name, where it has one.")
    operator: ConditionOperator = strawberry.field(description="How it is compared.")
    value: str | None = strawberry.field(description="What it is compared with.")

    @classmethod
    def from_domain(cls, condition: domain.Condition) -> "RoutingCondition":
        """Return the condition in the schema's type."""
        return cls(
            source=condition.source,
            name=condition.name,
            operator=condition.operator,
            value=condition.value,
        )


@strawberry.type(description="One flow's share of the visitors of a rule.")
class BookingFlowShare:
    weight: int = strawberry.field(description="Its part of the sum of the weights.")
    booking_flow_id: strawberry.Private[OwnedId]

    @strawberry.field(description="The flow; null when it was deleted.")
    async def booking_flow(self, info: Info) -> BookingFlow | None:
        return await load_flow(info, self.booking_flow_id)


@strawberry.type(description="Sends the pages that satisfy every condition to a flow.")
class BookingFlowRoutingRule:
    id: strawberry.ID = strawberry.field(
        description="Chosen by the editor, unique within the router; not a global id."
    )
    name: str = strawberry.field(description="The name its editors know it by.")
    priority: int = strawberry.field(description="Smaller numbers are tried first.")
    enabled: bool = strawberry.field(description="Whether the rule is tried at all.")
    conditions: list[RoutingCondition] = strawberry.field(
        description="All must hold; none means every page."
    )
    starts_at: datetime | None = strawberry.field(
        description="The rule is in force from then on; null when it always was."
    )
    ends_at: datetime | None = strawberry.field(
        description="The rule is in force until before then; null when it does not end."
    )
    split: list[BookingFlowShare] = strawberry.field(
        description="The flows its visitors are divided among; empty when there is one only."
    )
    booking_flow_id: strawberry.Private[OwnedId]

    @strawberry.field(
        description="The flow it leads to, with a split that of visitors without an id; null when "
        "it was deleted."
    )
    async def booking_flow(self, info: Info) -> BookingFlow | None:
        return await load_flow(info, self.booking_flow_id)

    @classmethod
    def from_domain(
        cls, rule: domain.RoutingRule, *, organization_id: EntityId
    ) -> "BookingFlowRoutingRule":
        """Return the rule in the schema's type."""
        return cls(
            id=strawberry.ID(rule.id),
            name=rule.name,
            priority=rule.priority,
            enabled=rule.enabled,
            conditions=[RoutingCondition.from_domain(c) for c in rule.conditions],
            starts_at=rule.starts_at,
            ends_at=rule.ends_at,
            split=[
                BookingFlowShare(
                    weight=share.weight,
                    booking_flow_id=OwnedId(organization_id, share.booking_flow_id),
                )
                for share in rule.split
            ],
            booking_flow_id=OwnedId(organization_id, rule.booking_flow_id),
        )


async def load_flow(info: Info, flow_id: OwnedId | None) -> BookingFlow | None:
    """Return the draft through the request's loader, or None when there is none."""
    if flow_id is None:
        return None
    flow = await info.context.loaders.flows.load(flow_id)
    return None if flow is None else BookingFlow.from_document(flow)


@strawberry.type(description="Something wrong with routing rules.")
class RoutingProblem:
    code: RoutingProblemCode = strawberry.field(description="What is wrong, for programs.")
    severity: Severity = strawberry.field(description="Whether the rules can be stored.")
    message: str = strawberry.field(description="What is wrong, for people.")
    rule_ids: list[strawberry.ID] = strawberry.field(description="The rules at fault.")
    witness_url: Url | None = strawberry.field(
        description="A URL that shows it: it matches all the rules named."
    )

    @classmethod
    def from_domain(cls, problem: domain_problems.RoutingProblem) -> "RoutingProblem":
        """Return the problem in the schema's type."""
        witness = problem.witness_url
        return cls(
            code=problem.code,
            severity=problem.severity,
            message=problem.message,
            rule_ids=to_ids(problem.rule_ids),
            witness_url=None if witness is None else Url(witness),
        )


@strawberry.type(description="Which page or campaign leads to which flow.")
class BookingFlowRouter(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    name: str = strawberry.field(description="The name its editors know it by.")
    rules: list[BookingFlowRoutingRule] = strawberry.field(description="The rules, as written.")
    document: strawberry.Private[documents.BookingFlowRouter]

    @strawberry.field(description="What is wrong with the rules.")
    async def problems(self, info: Info) -> list[RoutingProblem]:
        statuses = statuses_of(await self._load_flows(info))
        problems = await find_problems_of_router(self.document, statuses)
        return [RoutingProblem.from_domain(problem) for problem in problems]

    async def _load_flows(self, info: Info) -> list[BookingFlowDocument]:
        organization_id = self.document.organization_id
        keys = [
            OwnedId(organization_id, id_) for id_ in sorted(domain.flow_ids_of(self.document.rules))
        ]
        flows = await info.context.loaders.flows.load_all(keys)
        return [flow for flow in flows if flow is not None]

    @strawberry.field(
        description="The scheduler configs that name the router.",
        extensions=[AccessExtension(Access.ANALYST)],
    )
    async def used_by(self, info: Info) -> list[EntityUser]:
        router = self.document
        return await load_users(
            info, UsedKind.BOOKING_FLOW_ROUTER, OwnedId(router.organization_id, router.id)
        )

    @classmethod
    def from_document(cls, router: documents.BookingFlowRouter) -> "BookingFlowRouter":
        """Return the router in the schema's type."""
        return cls(
            id=encode_id(EntityType.BOOKING_FLOW_ROUTER, router.id),
            version=router.version,
            name=router.name,
            rules=[
                BookingFlowRoutingRule.from_domain(rule, organization_id=router.organization_id)
                for rule in router.rules
            ],
            document=router,
        )
