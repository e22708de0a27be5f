"""`node` and `nodes`: any stored entity by its global id."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from app.api.ids import EntityType, decode_id, encode_id
from app.api.webhook_endpoints.payloads import render_event
from app.documents.api_key import ApiKey
from app.documents.audit_record import AuditRecord
from app.documents.booking_flow import BookingFlow
from app.documents.booking_question import BookingQuestion
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import CommandCounter, Database
from app.domain.access import OrganizationCredential, Role
from app.domain.booking_flow.flow import BookingFlowStatus
from app.domain.content import ContentConfig, QuestionContent
from app.domain.questions import BookingQuestionContent, PlainTextAnswerContent
from app.domain.routing.rules import RoutingRule
from app.domain.vendor import BookingServiceContent
from app.services.booking_flow_routers import BookingFlowRouterContent, create_booking_flow_router
from app.services.booking_questions import create_booking_question
from app.services.booking_services import create_booking_service
from app.services.webhooks.deliveries import send_test_webhook
from tests.api.client import ApiClient, an_anonymous_client, an_organization
from tests.api.mutations.test_booking_session import start
from tests.api.site import Site, a_site, an_author
from tests.services.vendor.accounts import store_account
from tests.services.webhooks.builders import an_endpoint

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


async def a_question(client: ApiClient, *, answers: int, name: str = "q") -> BookingQuestion:
    return await create_booking_question(
        BookingQuestionContent(
            question_content=QuestionContent(title="Which?", unique_name=name),
            answers=tuple(
                PlainTextAnswerContent(content=ContentConfig(title=f"Answer {number}"))
                for number in range(answers)
            ),
        ),
        author=an_author(client),
    )


async def ids_of_everything(site: Site) -> dict[str, str]:
    """Return a global id of each type of entity of the site's organization."""
    question = await a_question(site.client, answers=1)
    rule = RoutingRule(id="r", name="All", priority=1, booking_flow_id=site.flow.id)
    router, _ = await create_booking_flow_router(
        BookingFlowRouterContent(name="Main", rules=(rule,)), author=an_author(site.client)
    )
    service = await create_booking_service(
        BookingServiceContent(service_content=ContentConfig(title="Tune-up")),
        author=an_author(site.client),
    )
    session = (await start(site))["bookingSession"]
    owner = {"organization_id": site.organization_id}
    event = await BookingSessionEventDocument.find_one(owner)
    key = await ApiKey.find_one(owner)
    record = await AuditRecord.find_one(owner)
    assert event
    assert key
    assert record
    kit_id = site.config.brand_kit_id or ""
    account = await store_account(site.organization_id)
    endpoint, _ = await an_endpoint(site.organization_id)
    delivery = await send_test_webhook(
        endpoint.id, author=an_author(site.client), render=render_event
    )
    return {
        "BookingService": encode_id(EntityType.BOOKING_SERVICE, service.id),
        "BookingQuestion": encode_id(EntityType.BOOKING_QUESTION, question.id),
        "PlainTextAnswer": encode_id(EntityType.BOOKING_QUESTION_ANSWER, question.answers[0]),
        "BookingFlowRouter": encode_id(EntityType.BOOKING_FLOW_ROUTER, router.id),
        "BookingFlow": encode_id(EntityType.BOOKING_FLOW, site.flow.id),
        "BookingFlowZipcodeStep": site.step_id(0),
        "BrandKit": encode_id(EntityType.BRAND_KIT, kit_id),
        "SchedulerConfig": encode_id(EntityType.SCHEDULER_CONFIG, site.config.id),
        "WebhookDelivery": encode_id(EntityType.WEBHOOK_DELIVERY, delivery.id),
        "WebhookEndpoint": encode_id(EntityType.WEBHOOK_ENDPOINT, endpoint.id),
        "VendorAccount": encode_id(EntityType.VENDOR_ACCOUNT, account.id),
        "Organization": encode_id(EntityType.ORGANIZATION, site.organization_id),
        "ActiveBookingSession": session["id"],
        "BookingSessionEvent": encode_id(EntityType.BOOKING_SESSION_EVENT, event.id),
        "BookingFlowRevision": encode_id(
            EntityType.BOOKING_FLOW_REVISION, site.flow.revision_ids[0]
        ),
        "ApiKey": encode_id(EntityType.API_KEY, key.id),
        "AuditRecord": encode_id(EntityType.AUDIT_RECORD, record.id),
    }


async def fetch(client: ApiClient, ids: Sequence[str]) -> list[Any]:
    nodes: list[Any] = (await client.data(NODES, {"ids": list(ids)}))["nodes"]
    return nodes


async def test_every_entity_is_found_by_its_id_and_only_by_its_own_organization(
    database: Database,
) -> None:
    site = await a_site()
    stranger = await an_organization("Stranger")
    ids = await ids_of_everything(site)

    nodes = await fetch(site.client, list(ids.values()))

    assert nodes == [{"__typename": name, "id": global_id} for name, global_id in ids.items()]
    assert await fetch(stranger, list(ids.values())) == [None] * len(ids)


async def test_nodes_keep_the_order_of_the_ids_and_are_null_where_there_is_none(
    database: Database,
) -> None:
    site = await a_site()
    flow, kit = site.flow, site.config.brand_kit_id or ""
    ids = [
        encode_id(EntityType.BRAND_KIT, kit),
        "malformed",
        encode_id(EntityType.BOOKING_FLOW, flow.id),
        encode_id(EntityType.BRAND_KIT, flow.id),
        encode_id(EntityType.BRAND_KIT, "f" * 24),
        encode_id(EntityType.FILE, kit),
        encode_id(EntityType.BRAND_KIT, kit),
    ]

    nodes = await fetch(site.client, ids)

    assert [node and node["__typename"] for node in nodes] == [
        "BrandKit",
        None,
        "BookingFlow",
        None,
        None,
        None,
        "BrandKit",
    ]


@pytest.mark.parametrize("global_id", ["", "x" * 500, "QnJhbmRLaXQ6MQ==", "\ud800", "ü"])
async def test_malformed_id_is_null(database: Database, global_id: str) -> None:
    client = await an_organization()
    assert await client.data(NODE, {"id": global_id}) == {"node": None}


async def test_nodes_are_at_most_100(database: Database) -> None:
    client = await an_organization()

    assert await fetch(client, ["x"] * 100) == [None] * 100
    answer = await client.execute(NODES, {"ids": ["x"] * 101})

    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": "ids"}


@pytest.mark.parametrize("count", [2, 50])
async def test_nodes_of_a_kind_cost_the_same_commands_however_many(
    database: Database, command_counter: CommandCounter, count: int
) -> None:
    client = await an_organization()
    services = [
        await create_booking_service(
            BookingServiceContent(service_content=ContentConfig(title=f"Service {number}")),
            author=an_author(client),
        )
        for number in range(count)
    ]
    question = await a_question(client, answers=count)
    ids = [
        *(encode_id(EntityType.BOOKING_SERVICE, service.id) for service in services),
        *(encode_id(EntityType.BOOKING_QUESTION_ANSWER, answer) for answer in question.answers),
    ]

    with command_counter.counting() as commands:
        nodes = await fetch(client, ids)

    assert [node["id"] for node in nodes] == ids
    assert sorted(commands) == [
        "find booking_question_answers",
        "find booking_questions",
        "find booking_services",
    ]


async def test_what_belongs_to_a_deleted_flow_is_null(database: Database) -> None:
    site = await a_site()
    await BookingFlow.update_at_version(
        site.organization_id,
        site.flow.id,
        expected_version=site.flow.version,
        changes={"status": BookingFlowStatus.DELETED.value},
        now=datetime.now(UTC),
    )

    flow_id = encode_id(EntityType.BOOKING_FLOW, site.flow.id)
    assert await fetch(site.client, [flow_id, site.step_id(0)]) == [None, None]


async def test_session_token_sees_its_own_session_only(database: Database) -> None:
    site = await a_site()
    ids = await ids_of_everything(site)
    other = (await start(site))["bookingSession"]["id"]
    own = ids["ActiveBookingSession"]
    session = await site.client.data(NODE, {"id": own})

    raw_id = _raw_id(own)
    nodes = await fetch(site.client.with_session(raw_id), [*ids.values(), other])

    assert [node for node in nodes if node is not None] == [session["node"]]


async def test_keys_are_found_by_owners_only(database: Database) -> None:
    site = await a_site()
    key_id = (await ids_of_everything(site))["ApiKey"]
    credential = site.client.credential
    assert isinstance(credential, OrganizationCredential)
    editor = ApiClient(credential.model_copy(update={"role": Role.EDITOR}))

    assert await fetch(editor, [key_id]) == [None]


async def test_node_needs_a_credential(database: Database) -> None:
    answer = await an_anonymous_client().execute(NODE, {"id": "x"})
    assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


def _raw_id(global_id: str) -> str:
    raw_id = decode_id(EntityType.BOOKING_SESSION, global_id)
    assert raw_id is not None
    return raw_id
