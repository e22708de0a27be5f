"""Any stored entity by its global id, the way Relay refetches."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeAlias, TypeVar

import strawberry
from aiodataloader import DataLoader

from app.api.api_keys.types import ApiKey
from app.api.audit.types import AuditRecord
from app.api.booking_flow_routers.types import BookingFlowRouter
from app.api.booking_flows.steps import to_step
from app.api.booking_flows.types import BookingFlow, BookingFlowRevision
from app.api.booking_questions.types import BookingAnswerCategory, BookingQuestion, to_answer
from app.api.booking_services.types import BookingService
from app.api.booking_sessions.event_types import BookingSessionEvent
from app.api.booking_sessions.types import to_session
from app.api.bookings.types import Booking
from app.api.brand_kits.types import BrandKit
from app.api.context import Info
from app.api.errors import bad_user_input
from app.api.ids import EntityType, parse_id
from app.api.members.types import Member
from app.api.node import Node
from app.api.organizations.enums import Role
from app.api.organizations.types import Organization
from app.api.permissions import Access, query
from app.api.scheduler_configs.types import SchedulerConfig
from app.api.vendor_accounts.types import VendorAccount
from app.api.webhook_endpoints.types import WebhookDelivery, WebhookEndpoint
from app.documents import organization as organizations
from app.domain.access import OrganizationCredential, SessionCredential, includes
from app.domain.booking_flow.flow import BookingFlowStatus
from app.loaders.base import OwnedId
from app.loaders.loaders import Loaders
from app.services.booking_sessions.session_view import SessionView

MAX_NODES = 100

# Those who may not list these do not find them by id either.
_ROLES = {
    EntityType.API_KEY: Role.OWNER,
    EntityType.MEMBER: Role.OWNER,
    EntityType.WEBHOOK_DELIVERY: Role.OWNER,
    EntityType.WEBHOOK_ENDPOINT: Role.OWNER,
}

T = TypeVar("T")
NodeLoader: TypeAlias = Callable[[Loaders, OwnedId], Awaitable[Any]]


@strawberry.type
class NodeQueries:
    @query(
        description="The entity of a global id; null when there is none. A session token sees its "
        "own session only.",
        access=Access.SESSION,
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The global id.")],
    ) -> Node | None:
        return await _load_node(info, id)

    @query(
        description="The entities of at most 100 global ids in their order; null where there is "
        "none. A session token sees its own session only.",
        access=Access.SESSION,
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="The global ids.")],
    ) -> list[Node | None]:
        if len(ids) > MAX_NODES:
            raise bad_user_input(f"Ask for at most {MAX_NODES} nodes.", argument="ids")
        distinct = list(dict.fromkeys(ids))
        found = await asyncio.gather(*(_load_node(info, global_id) for global_id in distinct))
        by_id = dict(zip(distinct, found, strict=True))
        return [by_id[global_id] for global_id in ids]


async def _load_node(info: Info, global_id: str) -> Node | None:
    parsed = parse_id(global_id)
    if parsed is None:
        return None
    entity_type, entity_id = parsed
    match info.context.credential:
        case SessionCredential(booking_session_id=own):
            if entity_type is not EntityType.BOOKING_SESSION or entity_id != own:
                return None
        case OrganizationCredential(role=role):
            if not includes(role, required=_ROLES.get(entity_type, Role.ANALYST)):
                return None
    load = NODE_LOADERS.get(entity_type)
    if load is None:
        return None
    node: Node | None = await load(
        info.context.loaders, OwnedId(info.context.organization_id, entity_id)
    )
    return node


def _by(
    choose: Callable[[Loaders], DataLoader[OwnedId, T | None]], to_node: Callable[[T], Any]
) -> NodeLoader:
    async def load(loaders: Loaders, key: OwnedId) -> Any:
        document = await choose(loaders).load(key)
        return None if document is None else to_node(document)

    return load


async def _load_flow(loaders: Loaders, key: OwnedId) -> Any:
    flow = await loaders.flows.load(key)
    if flow is None or flow.status is BookingFlowStatus.DELETED:
        return None
    return BookingFlow.from_document(flow)


async def _load_step(loaders: Loaders, key: OwnedId) -> Any:
    states = await loaders.steps_by_step_id.load(key)
    if not states:
        return None
    flow = await loaders.flows.load(OwnedId(key.organization_id, states[0].booking_flow_id))
    if flow is None or flow.status is BookingFlowStatus.DELETED:
        return None
    named = next((state for state in states if state.id in flow.steps), None)
    return None if named is None else to_step(named.to_step(), organization_id=key.organization_id)


async def _load_revision(loaders: Loaders, key: OwnedId) -> Any:
    header = await loaders.revision_headers.load(key)
    if header is None:
        return None
    flow = await loaders.flows.load(OwnedId(key.organization_id, header.booking_flow_id))
    if flow is None or flow.status is BookingFlowStatus.DELETED:
        return None
    # A revision no flow names was never published.
    return BookingFlowRevision.from_header(header) if header.id in flow.revision_ids else None


async def _load_answer(loaders: Loaders, key: OwnedId) -> Any:
    states = await loaders.answers_by_answer_id.load(key)
    if not states:
        return None
    question = await loaders.questions.load(
        OwnedId(key.organization_id, states[0].booking_question_id)
    )
    if question is None:
        return None
    named = next((state for state in states if state.id in question.answers), None)
    return None if named is None else to_answer(named)


async def _load_organization(_: Loaders, key: OwnedId) -> Any:
    if key.id != key.organization_id:
        return None
    organization = await organizations.Organization.get(key.id)
    return None if organization is None else Organization.from_document(organization)


NODE_LOADERS: Mapping[EntityType, NodeLoader] = {
    EntityType.API_KEY: _by(lambda of: of.api_keys, ApiKey.from_document),
    EntityType.AUDIT_RECORD: _by(lambda of: of.audit_records, AuditRecord.from_document),
    EntityType.BOOKING: _by(lambda of: of.bookings, Booking.from_document),
    EntityType.BOOKING_ANSWER_CATEGORY: _by(
        lambda of: of.categories, BookingAnswerCategory.from_document
    ),
    EntityType.BOOKING_FLOW: _load_flow,
    EntityType.BOOKING_FLOW_REVISION: _load_revision,
    EntityType.BOOKING_FLOW_ROUTER: _by(lambda of: of.routers, BookingFlowRouter.from_document),
    EntityType.BOOKING_FLOW_STEP: _load_step,
    EntityType.BOOKING_QUESTION: _by(lambda of: of.questions, BookingQuestion.from_document),
    EntityType.BOOKING_QUESTION_ANSWER: _load_answer,
    EntityType.BOOKING_SERVICE: _by(lambda of: of.services, BookingService.from_document),
    EntityType.BOOKING_SESSION: _by(
        lambda of: of.sessions, lambda session: to_session(SessionView.of(session))
    ),
    EntityType.BOOKING_SESSION_EVENT: _by(lambda of: of.events, BookingSessionEvent.from_recorded),
    EntityType.BRAND_KIT: _by(lambda of: of.brand_kits, BrandKit.from_document),
    EntityType.MEMBER: _by(lambda of: of.members, Member.from_document),
    EntityType.ORGANIZATION: _load_organization,
    EntityType.SCHEDULER_CONFIG: _by(
        lambda of: of.scheduler_configs, SchedulerConfig.from_document
    ),
    EntityType.VENDOR_ACCOUNT: _by(lambda of: of.vendor_accounts, VendorAccount.from_document),
    EntityType.WEBHOOK_DELIVERY: _by(
        lambda of: of.webhook_deliveries, WebhookDelivery.from_document
    ),
    EntityType.WEBHOOK_ENDPOINT: _by(
        lambda of: of.webhook_endpoints, WebhookEndpoint.from_document
    ),
}
