"""Workers as processes of their own, killed at the worst moments."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet
from pydantic import SecretStr

from app.documents.driver import Database
from app.domain.webhooks.delivery import WebhookDeliveryStatus
from app.domain.webhooks.endpoint import DevelopmentWebhookEndpointContent
from app.domain.webhooks.event_types import WebhookEventType
from app.services.webhooks.dispatching import LEASE
from app.services.webhooks.endpoints import create_webhook_endpoint
from app.services.webhooks.secrets import WebhookSecrets
from app.services.webhooks.tools import WebhookTools
from tests.receiver import a_receiver, answering, documented_verify, hanging
from tests.running_server import SCHEDULER
from tests.services.booking_sessions.builders import a_customer, a_place
from tests.services.webhooks.builders import Worker, abandon, an_owner, deliveries_to


async def test_a_worker_killed_while_it_sends_costs_a_repetition_and_nothing_else(
    database: Database, database_uri: str
) -> None:
    key = Fernet.generate_key().decode()
    tools = WebhookTools(secrets=WebhookSecrets([SecretStr(key)]), allows_private=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCHEDULER_")},
        "SCHEDULER_MONGODB_URI": database_uri,
        "SCHEDULER_DATABASE_NAME": database.name,
        "SCHEDULER_VENDOR_CIPHER_KEYS": key,
        "SCHEDULER_WEBHOOKS_ALLOW_PRIVATE": "true",
    }
    now = datetime.now(UTC)
    place = await a_place()
    async with a_receiver(hanging) as receiver:
        endpoint, secret = await create_webhook_endpoint(
            DevelopmentWebhookEndpointContent(
                url=receiver.url, event_types=(WebhookEventType.SESSION_ABANDONED,)
            ),
            author=an_owner(place.organization_id, now=now - timedelta(minutes=1)),
            tools=tools,
        )
        for _ in range(3):
            # Nothing is written for a webhook here: the worker that finds the fact does it.
            await abandon(await a_customer(place=place, now=now), now=now)
        worker = await asyncio.create_subprocess_exec(SCHEDULER, "worker", env=environment)
        await asyncio.wait_for(receiver.wait_for(3), timeout=60)
        worker.kill()
        await worker.wait()
        deliveries = await deliveries_to(endpoint)
        assert {each.status for each in deliveries} == {WebhookDeliveryStatus.PENDING}

        receiver.behaviour = answering(200)
        successor = Worker(now=datetime.now(UTC) + LEASE, tools=tools)
        await successor.run()

    first, again = receiver.received[:3], receiver.received[3:]
    assert {each.webhook_id for each in first} == {each.webhook_id for each in deliveries}
    assert sorted(each.webhook_id for each in again) == sorted(each.webhook_id for each in first)
    assert {each.status for each in await deliveries_to(endpoint)} == {
        WebhookDeliveryStatus.DELIVERED
    }
    for received in first:
        documented_verify()(secret, received.headers, received.body)
