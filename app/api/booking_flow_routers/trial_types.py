"""How routing decides and would decide, as clients read it."""

import strawberry

from app.api.booking_flow_routers.enums import RouteReason, RuleOutcome
from app.api.booking_flow_routers.types import (
    BookingFlowRoutingRule,
    RoutingCondition,
    load_flow,
)
from app.api.booking_flows.types import BookingFlow
from app.api.context import Info
from app.api.scalars import Url
from app.documents import booking_flow_router as documents
from app.domain.routing import explaining
from app.domain.routing.previewing import Rerouting
from app.domain.values import EntityId
from app.loaders.base import OwnedId, owned
from app.services.routing_preview import RoutingPreview


@strawberry.type(description="What became of a rule for a page.")
class BookingFlowRoutingRuleTrace:
    rule: BookingFlowRoutingRule = strawberry.field(description="The rule.")
    matched: bool = strawberry.field(description="Whether this is the rule that decided.")
    outcome: RuleOutcome = strawberry.field(description="Why it decided, or did not.")
    failed_condition: RoutingCondition | None = strawberry.field(
        description="The first condition that did not hold, if that is why."
    )

    @classmethod
    def from_domain(
        cls, trace: explaining.RuleTrace, *, rule: BookingFlowRoutingRule
    ) -> "BookingFlowRoutingRuleTrace":
        """Return the trace in the schema's type."""
        failed = trace.failed_condition
        return cls(
            rule=rule,
            matched=trace.matched,
            outcome=trace.outcome,
            failed_condition=None if failed is None else RoutingCondition.from_domain(failed),
        )


@strawberry.type(description="How a router decides for a page, and why.")
class BookingFlowRouterTest:
    rule: BookingFlowRoutingRule | None = strawberry.field(
        description="The rule that decides; null when none matches."
    )
    reason: RouteReason = strawberry.field(description="Why it comes out this way.")
    trace: list[BookingFlowRoutingRuleTrace] = strawberry.field(
        description="Every rule in the order they are tried, those after the deciding one too."
    )
    flow_id: strawberry.Private[OwnedId | None]

    @strawberry.field(
        description="The flow it leads to; null when no rule matches, and the scheduler config's "
        "default flow is taken."
    )
    async def booking_flow(self, info: Info) -> BookingFlow | None:
        return await load_flow(info, self.flow_id)

    @classmethod
    def from_domain(
        cls, explanation: explaining.Explanation, *, router: documents.BookingFlowRouter
    ) -> "BookingFlowRouterTest":
        """Return the explanation in the schema's type."""
        decision = explanation.decision
        rules = {
            rule.id: BookingFlowRoutingRule.from_domain(
                rule, organization_id=router.organization_id
            )
            for rule in router.rules
        }
        return cls(
            rule=None if decision.rule_id is None else rules[decision.rule_id],
            reason=decision.reason,
            trace=[
                BookingFlowRoutingRuleTrace.from_domain(trace, rule=rules[trace.rule_id])
                for trace in explanation.trace
            ],
            flow_id=owned(router.organization_id, decision.booking_flow_id),
        )


@strawberry.type(description="Past sessions that the rules would move alike.")
class BookingFlowRerouting:
    from_rule_id: strawberry.ID | None = strawberry.field(
        description="The rule that routed them; null when none did."
    )
    to_rule_id: strawberry.ID | None = strawberry.field(
        description="The rule that would; null when none would."
    )
    count: int = strawberry.field(description="How many sessions.")
    example_urls: list[Url] = strawberry.field(
        description="The pages of the newest of them, at most 5, each once."
    )
    from_flow_id: strawberry.Private[OwnedId]
    to_flow_id: strawberry.Private[OwnedId | None]

    @strawberry.field(description="The flow they were on; null when it was deleted.")
    async def from_flow(self, info: Info) -> BookingFlow | None:
        return await load_flow(info, self.from_flow_id)

    @strawberry.field(description="The flow they would be on; null for the fallback screen.")
    async def to_flow(self, info: Info) -> BookingFlow | None:
        return await load_flow(info, self.to_flow_id)

    @classmethod
    def from_domain(
        cls, rerouting: Rerouting, *, organization_id: EntityId
    ) -> "BookingFlowRerouting":
        """Return the rerouting in the schema's type."""
        change = rerouting.change
        return cls(
            from_rule_id=_to_rule_id(change.from_rule_id),
            to_rule_id=_to_rule_id(change.to_rule_id),
            count=rerouting.count,
            example_urls=[Url(url) for url in rerouting.example_urls],
            from_flow_id=OwnedId(organization_id, change.from_flow_id),
            to_flow_id=owned(organization_id, change.to_flow_id),
        )


@strawberry.type(description="What rules would have made of past sessions.")
class BookingFlowRouterPreview:
    examined_count: int = strawberry.field(
        description="How many sessions were looked at, from the newest on; at most 10,000."
    )
    is_truncated: bool = strawberry.field(
        description="Whether older sessions were left out, for their number or for the time."
    )
    changed_count: int = strawberry.field(
        description="How many of them would be routed by another rule or to another flow."
    )
    changes: list[BookingFlowRerouting] = strawberry.field(
        description="From where to where, the most frequent first."
    )

    @classmethod
    def from_domain(
        cls, preview: RoutingPreview, *, organization_id: EntityId
    ) -> "BookingFlowRouterPreview":
        """Return the preview in the schema's type."""
        return cls(
            examined_count=preview.examined_count,
            is_truncated=preview.is_truncated,
            changed_count=sum(one.count for one in preview.reroutings),
            changes=[
                BookingFlowRerouting.from_domain(one, organization_id=organization_id)
                for one in preview.reroutings
            ],
        )


def _to_rule_id(rule_id: str | None) -> strawberry.ID | None:
    return None if rule_id is None else strawberry.ID(rule_id)
