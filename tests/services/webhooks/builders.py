"""Stored endpoints, and a dispatcher with a clock that can be set."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet
from pydantic import SecretStr

from app.api.webhook_endpoints.payloads import render_event
from app.documents.webhook_delivery import WebhookDelivery
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.access import OrganizationCredential, Role
from app.domain.webhooks.endpoint import DevelopmentWebhookEndpointContent
from app.domain.webhooks.event_types import SUBSCRIBABLE, WebhookEventType
from app.outbound.webhook_sender import SendingPolicy, WebhookSender
from app.services.authoring import Author
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from app.services.webhooks.dispatching import WebhookDispatcher
from app.services.webhooks.endpoints import create_webhook_endpoint
from app.services.webhooks.recording import record_deliveries
from app.services.webhooks.secrets import WebhookSecrets
from app.services.webhooks.tools import WebhookTools
from tests.domain.booking_session.builders import NOW
from tests.services.booking_sessions.builders import LATER, Customer

TOOLS = WebhookTools(
    secrets=WebhookSecrets([SecretStr(Fernet.generate_key().decode())]), allows_private=True
)
IMPATIENT = SendingPolicy(allows_private=True, timeout_seconds=2.0)


def an_owner(organization_id: str, *, now: datetime = NOW) -> Author:
    credential = OrganizationCredential(
        organization_id=organization_id, api_key_id="a" * 24, role=Role.OWNER
    )
    return Author(credential=credential, now=now)


async def an_endpoint(
    organization_id: str,
    url: str = "http://127.0.0.1:9/",
    *,
    event_types: Sequence[WebhookEventType] = SUBSCRIBABLE,
    enabled: bool = True,
    now: datetime = NOW,
) -> tuple[WebhookEndpoint, str]:
    """Return an endpoint made at `now`, and its secret."""
    content = DevelopmentWebhookEndpointContent(
        url=url, event_types=tuple(event_types), enabled=enabled
    )
    return await create_webhook_endpoint(
        content, author=an_owner(organization_id, now=now), tools=TOOLS
    )


async def abandon(customer: Customer, *, now: datetime = LATER) -> None:
    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=customer.place.organization_id,
        now=now,
    )


async def record(*, now: datetime = LATER) -> int:
    return await record_deliveries(now=now, render=render_event)


async def deliveries_to(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    return await WebhookDelivery.find({"webhook_endpoint_id": endpoint.id}).sort("_id").to_list()


async def reload(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    stored = await WebhookEndpoint.get(endpoint.id)
    assert stored is not None
    return stored


@dataclass
class Worker:
    """A worker whose clock stands at `now`."""

    now: datetime = LATER
    policy: SendingPolicy = IMPATIENT
    tools: WebhookTools = TOOLS
    dispatcher: WebhookDispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.dispatcher = WebhookDispatcher(
            sender=WebhookSender(self.policy),
            secrets=self.tools.secrets,
            render=render_event,
            clock=lambda: self.now,
        )

    async def run(self, *, after: timedelta = timedelta()) -> dict[str, Any]:
        """Let time pass, then run once."""
        self.now += after
        return await self.dispatcher.run(asyncio.Event())
