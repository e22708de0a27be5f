"""Making, changing, trying out and reading webhook endpoints."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from app.api.ids import EntityType, encode_id
from app.documents.audit_record import AuditRecord
from app.documents.driver import new_id
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.access import OrganizationCredential, Role
from app.services.audit import read_snapshot
from app.services.webhooks.tools import WebhookTools
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import organization_of
from tests.services.webhooks.builders import TOOLS

pytestmark = pytest.mark.usefixtures("database")

PRODUCTION = WebhookTools(secrets=TOOLS.secrets)
HOOK = "https://hooks.example/services/T0/secret-path"
ENDPOINT = """webhookEndpoint {
    id version url description eventTypes enabled disabledReason failingSince
    previousSecretExpiresAt
}"""
DELIVERY = """webhookDelivery {
    id webhookId eventType status payload nextAttemptAt attempts { outcome } webhookEndpoint { id }
}"""
LOG = """query ($id: ID!, $filter: WebhookDeliveryFilter, $first: Int, $after: String) {
    webhookEndpoint(id: $id) {
        deliveries(filter: $filter, first: $first, after: $after) {
            totalCount pageInfo { endCursor } nodes { id status eventType }
        }
    }
}"""


async def an_owner() -> ApiClient:
    client = await an_organization()
    client.webhooks = PRODUCTION
    return client


async def mutate(client: ApiClient, mutation: str, selection: str, **input_: Any) -> Any:
    operation = f"""mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{
        {mutation}(input: $input) {{ {selection} userErrors {{ code message path }} }}
    }}"""
    return (await client.data(operation, {"input": input_}))[mutation]


async def create(client: ApiClient, **changes: Any) -> Any:
    content = {"url": HOOK, "eventTypes": ["BOOKING_COMPLETED"], **changes}
    return await mutate(client, "createWebhookEndpoint", f"secret {ENDPOINT}", **content)


async def create_id(client: ApiClient) -> str:
    return str((await create(client))["webhookEndpoint"]["id"])


async def update(client: ApiClient, global_id: str, version: int, **changes: Any) -> Any:
    return await mutate(
        client,
        "updateWebhookEndpoint",
        ENDPOINT,
        id=global_id,
        expectedVersion=version,
        **changes,
    )


async def send_test(client: ApiClient, global_id: str) -> Any:
    return await mutate(client, "sendTestWebhook", DELIVERY, id=global_id)


def problems(payload: Any) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def test_a_new_endpoint_shows_its_secret_once_and_keeps_it_sealed() -> None:
    client = await an_owner()

    payload = await create(client, description=" CRM ")

    assert payload["userErrors"] == []
    assert payload["secret"].startswith("whsec_")
    assert payload["webhookEndpoint"] == {
        "id": payload["webhookEndpoint"]["id"],
        "version": 1,
        "url": HOOK,
        "description": "CRM",
        "eventTypes": ["BOOKING_COMPLETED"],
        "enabled": True,
        "disabledReason": None,
        "failingSince": None,
        "previousSecretExpiresAt": None,
    }
    stored = await WebhookEndpoint.get_motor_collection().find({}).to_list(None)
    assert payload["secret"].removeprefix("whsec_") not in repr(stored)


async def test_the_audit_keeps_neither_the_secret_nor_the_url_which_may_be_one() -> None:
    client = await an_owner()
    payload = await create(client)
    global_id = payload["webhookEndpoint"]["id"]
    await update(client, global_id, 1, url="https://hooks.example/other", enabled=False)
    rotated = await mutate(client, "rotateWebhookSecret", "secret", id=global_id, expectedVersion=2)
    await send_test(client, global_id)
    await mutate(client, "deleteWebhookEndpoint", ENDPOINT, id=global_id)

    query = {"organization_id": organization_of(client)}
    records = await AuditRecord.find(query).sort("_id").to_list()

    assert [record.mutation for record in records] == [
        "createWebhookEndpoint",
        "updateWebhookEndpoint",
        "rotateWebhookSecret",
        "sendTestWebhook",
        "deleteWebhookEndpoint",
    ]
    kept = orjson.dumps(
        [await read_snapshot(each) for record in records for each in (record.before, record.after)]
    ).decode()
    assert "https://hooks.example" in kept
    sealed = ["secret-path", "/other", "sealed", payload["secret"], rotated["secret"]]
    assert [text for text in sealed if text in kept] == []


async def test_everything_wrong_with_an_endpoint_is_said_at_once_and_nothing_is_written() -> None:
    client = await an_owner()

    payload = await create(
        client,
        url="http://169.254.169.254/",
        eventTypes=["FLOW_PUBLISHED", "WEBHOOK_TEST", "FLOW_PUBLISHED"],
        description="d" * 201,
    )

    assert problems(payload) == [
        ("INVALID", ["input", "url"]),
        ("INVALID", ["input", "eventTypes", "1"]),
        ("TOO_LONG", ["input", "description"]),
    ]
    assert payload["webhookEndpoint"] is payload["secret"] is None
    assert await WebhookEndpoint.list_of(organization_of(client)) == []


async def test_without_cipher_keys_no_secret_can_be_kept() -> None:
    client = await an_owner()
    client.webhooks = WebhookTools()

    assert problems(await create(client)) == [("INVALID", None)]


async def test_an_organization_has_ten_endpoints_however_many_ask_at_once() -> None:
    client = await an_owner()

    payloads = await asyncio.gather(*(create(client) for _ in range(14)))

    refused = [problems(each) for each in payloads if each["userErrors"]]
    assert refused == [[("OUT_OF_RANGE", None)]] * 4
    endpoints = (await client.data("{ webhookEndpoints { id } }"))["webhookEndpoints"]
    assert len({endpoint["id"] for endpoint in endpoints}) == 10

    await mutate(client, "deleteWebhookEndpoint", ENDPOINT, id=endpoints[4]["id"])
    assert problems(await create(client)) == []


async def test_an_update_keeps_what_is_left_out_and_refuses_null_and_stale_versions() -> None:
    client = await an_owner()
    global_id = await create_id(client)

    changed = await update(client, global_id, 1, eventTypes=["FLOW_PUBLISHED"])
    null = await update(client, global_id, 2, url=None, enabled=None)
    stale = await update(client, global_id, 1, eventTypes=[])

    assert changed["webhookEndpoint"]["url"] == HOOK
    assert changed["webhookEndpoint"]["eventTypes"] == ["FLOW_PUBLISHED"]
    assert problems(null) == [("REQUIRED", ["input", "url"]), ("REQUIRED", ["input", "enabled"])]
    assert problems(stale) == [
        ("CONFLICT", ["input", "expectedVersion"]),
        ("REQUIRED", ["input", "eventTypes"]),
    ]
    assert "its version is 2" in stale["userErrors"][0]["message"]


async def test_a_kind_of_event_kept_by_an_update_is_told_without_a_gap() -> None:
    client = await an_owner()
    client.now = datetime(2026, 11, 22, 15, tzinfo=UTC)
    global_id = await create_id(client)
    client.now += timedelta(hours=1)
    await update(client, global_id, 1, eventTypes=["BOOKING_COMPLETED", "FLOW_PUBLISHED"])

    (endpoint,) = await WebhookEndpoint.list_of(organization_of(client))

    since = {each.event_type.name: each.since.hour for each in endpoint.subscriptions}
    assert since == {"BOOKING_COMPLETED": 15, "FLOW_PUBLISHED": 16}


async def test_a_rotation_gives_a_new_secret_and_says_how_long_the_old_one_lasts() -> None:
    client = await an_owner()
    created = await create(client)
    client.now = datetime(2026, 11, 22, 15, tzinfo=UTC)
    global_id = created["webhookEndpoint"]["id"]
    selection = f"secret {ENDPOINT}"

    first = await mutate(client, "rotateWebhookSecret", selection, id=global_id, expectedVersion=1)
    stale = await mutate(client, "rotateWebhookSecret", selection, id=global_id, expectedVersion=1)

    assert first["secret"] not in {created["secret"], None}
    expires_at = first["webhookEndpoint"]["previousSecretExpiresAt"]
    assert expires_at == "2026-11-23T15:00:00.000Z"
    assert stale["secret"] is None
    assert problems(stale) == [("CONFLICT", ["input", "expectedVersion"])]


async def test_a_test_is_one_at_a_time_and_stands_in_the_log() -> None:
    client = await an_owner()
    global_id = await create_id(client)

    payload = await send_test(client, global_id)
    again = await send_test(client, global_id)

    delivery = payload["webhookDelivery"]
    assert (delivery["eventType"], delivery["status"]) == ("WEBHOOK_TEST", "PENDING")
    assert delivery["payload"]["data"] == {"webhookEndpointId": global_id}
    assert delivery["webhookEndpoint"] == {"id": global_id}
    assert problems(again) == [("CONFLICT", ["input", "id"])]
    log = await client.data(LOG, {"id": global_id})
    assert [each["id"] for each in log["webhookEndpoint"]["deliveries"]["nodes"]] == [
        delivery["id"]
    ]


async def test_the_log_is_the_newest_first_and_filtered_by_status_with_bound_cursors() -> None:
    client = await an_owner()
    global_id = await create_id(client)
    endpoint = (await WebhookEndpoint.list_of(organization_of(client)))[0]
    delivery_ids = [await _a_delivery(endpoint, status) for status in ("failed", "delivered") * 3]

    everything = await client.data(LOG, {"id": global_id, "first": 4})
    failed = await client.data(LOG, {"id": global_id, "filter": {"status": "FAILED"}, "first": 2})

    page = everything["webhookEndpoint"]["deliveries"]
    assert page["totalCount"] == 6
    assert [each["id"] for each in page["nodes"]] == delivery_ids[:1:-1]
    page = failed["webhookEndpoint"]["deliveries"]
    assert [each["id"] for each in page["nodes"]] == [delivery_ids[4], delivery_ids[2]]
    stolen = {"id": global_id, "after": page["pageInfo"]["endCursor"]}
    answer = await client.execute(LOG, stolen)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["INVALID_CURSOR"]


async def test_what_goes_to_a_disabled_endpoint_is_not_sent_again() -> None:
    client = await an_owner()
    global_id = await create_id(client)
    endpoint = (await WebhookEndpoint.list_of(organization_of(client)))[0]
    delivery_id = await _a_delivery(endpoint, "failed")
    await update(client, global_id, 1, enabled=False)

    refused = await mutate(client, "redeliverWebhook", DELIVERY, id=delivery_id)
    await update(client, global_id, 2, enabled=True)
    queued = await mutate(client, "redeliverWebhook", DELIVERY, id=delivery_id)

    assert problems(refused) == [("INVALID", ["input", "id"])]
    assert queued["webhookDelivery"]["status"] == "PENDING"


async def test_another_organization_can_do_nothing_with_an_endpoint_or_its_log() -> None:
    client, stranger = await an_owner(), await an_owner()
    global_id = await create_id(client)
    endpoint = (await WebhookEndpoint.list_of(organization_of(client)))[0]
    delivery_id = await _a_delivery(endpoint, "failed")
    random_id = encode_id(EntityType.WEBHOOK_ENDPOINT, new_id())
    random_delivery = encode_id(EntityType.WEBHOOK_DELIVERY, new_id())

    answers = [
        [
            await client_.data(LOG, {"id": id_}),
            await update(client_, id_, 1, url="https://thief.example/"),
            await mutate(client_, "deleteWebhookEndpoint", ENDPOINT, id=id_),
            await mutate(client_, "rotateWebhookSecret", "secret", id=id_, expectedVersion=1),
            await send_test(client_, id_),
            await mutate(client_, "redeliverWebhook", DELIVERY, id=of_delivery),
        ]
        for client_, id_, of_delivery in [
            (stranger, global_id, delivery_id),
            (client, random_id, random_delivery),
            (client, delivery_id, global_id),
            (client, "nonsense", "nonsense"),
        ]
    ]

    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert answers[0][0] == {"webhookEndpoint": None}
    assert {tuple(problems(each)[0][0] for each in answers[0][1:])} == {("NOT_FOUND",) * 5}
    assert await WebhookEndpoint.list_of(organization_of(client)) == [endpoint]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ANALYST])
async def test_only_owners_read_or_write_anything_of_webhooks(role: Role) -> None:
    client = await an_owner()
    global_id = await create_id(client)
    assert isinstance(client.credential, OrganizationCredential)
    other = client.credential.model_copy(update={"role": role})

    for operation in (
        "{ webhookEndpoints { id } }",
        f'{{ webhookEndpoint(id: "{global_id}") {{ id }} }}',
        f'mutation {{ sendTestWebhook(input: {{id: "{global_id}"}}) {{ userErrors {{ code }} }} }}',
    ):
        answer = await client.execute(operation, as_=other)
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
    node = await client.execute(f'{{ node(id: "{global_id}") {{ id }} }}', as_=other)
    assert node == {"data": {"node": None}}


async def _a_delivery(endpoint: WebhookEndpoint, status: str) -> str:
    """Store a delivery of the status and return its global id."""
    now = datetime(2026, 11, 22, 15, tzinfo=UTC)
    delivery = WebhookDelivery.model_validate(
        {
            "organization_id": endpoint.organization_id,
            "created_at": datetime.now(UTC),
            "updated_at": now,
            "webhook_endpoint_id": endpoint.id,
            "event_id": new_id(),
            "event_type": "booking.completed",
            "occurred_at": now,
            "body": "{}",
            "status": status,
            "tries_left": 0,
            "next_attempt_at": None,
        }
    )
    await delivery.insert()
    return encode_id(EntityType.WEBHOOK_DELIVERY, delivery.id)
