"""An owner's handling of deliveries: trying an endpoint out, and sending again."""

import json
from typing import Any

from app.documents.driver import new_id
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.audit import AuditedEntity
from app.domain.problems import ProblemCode
from app.domain.refusal import refuse
from app.domain.values import EntityId
from app.domain.webhooks.delivery import MAX_TRIES
from app.domain.webhooks.event_types import WebhookEventType
from app.domain.webhooks.events import WebhookEvent, WebhookTested
from app.services.audit import record_change
from app.services.authoring import Author
from app.services.webhooks.recording import to_delivery
from app.services.webhooks.tools import Render


async def send_test_webhook(
    endpoint_id: EntityId, *, author: Author, render: Render
) -> WebhookDelivery:
    """Queue a test for an endpoint, disabled or not, and return its delivery.

    It is tried once, within seconds. Raises Refused with NOT_FOUND, and CONFLICT while an earlier
    test is still under way: this server is nobody's way of flooding another.
    """
    endpoint = await WebhookEndpoint.get_owned(author.organization_id, endpoint_id)
    if endpoint is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    if await WebhookDelivery.is_test_pending(endpoint.id):
        raise refuse(ProblemCode.CONFLICT, "an earlier test is still under way", "id")
    event = WebhookEvent(
        id=new_id(), occurred_at=author.now, content=WebhookTested(webhook_endpoint_id=endpoint.id)
    )
    delivery = to_delivery(event, endpoint, tries=1, now=author.now, render=render)
    async with record_change(
        author=author,
        mutation="sendTestWebhook",
        entity_type=AuditedEntity.WEBHOOK_DELIVERY,
        entity_id=delivery.id,
        before=None,
    ) as change:
        await WebhookDelivery.insert_new([delivery])
        change.after = _recorded(delivery)
    return delivery


async def redeliver_webhook(delivery_id: EntityId, *, author: Author) -> WebhookDelivery:
    """Make a delivery due now, whatever came of it, and return it; its webhook id stays.

    A failed one gets all its tries back. One being sent at this moment stays as it is. Raises
    Refused with NOT_FOUND, and INVALID when the endpoint is disabled.
    """
    delivery = await WebhookDelivery.get_owned(author.organization_id, delivery_id)
    if delivery is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    is_test = delivery.event_type is WebhookEventType.WEBHOOK_TEST
    endpoint = await WebhookEndpoint.get_owned(author.organization_id, delivery.webhook_endpoint_id)
    if endpoint is None:
        raise refuse(ProblemCode.NOT_FOUND, "names nothing here", "id")
    if not (endpoint.enabled or is_test):
        raise refuse(ProblemCode.INVALID, "its endpoint is disabled", "id")
    async with record_change(
        author=author,
        mutation="redeliverWebhook",
        entity_type=AuditedEntity.WEBHOOK_DELIVERY,
        entity_id=delivery.id,
        before=_recorded(delivery),
    ) as change:
        queued = await WebhookDelivery.requeue(
            author.organization_id,
            delivery.id,
            tries=1 if is_test else MAX_TRIES,
            now=author.now,
        )
        # None: a worker has it, which is as good.
        delivery = queued or delivery
        change.after = _recorded(delivery)
    return delivery


def read_body(delivery: WebhookDelivery) -> Any:
    """Return what is sent as plain data."""
    return json.loads(delivery.body)


def _recorded(delivery: WebhookDelivery) -> dict[str, Any]:
    names = {"id", "webhook_endpoint_id", "event_id", "event_type", "status", "next_attempt_at"}
    kept: dict[str, Any] = delivery.model_dump(mode="json", include=names)
    return kept
