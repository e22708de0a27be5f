"""Webhook endpoints and deliveries as owners read them."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.api.context import Info
from app.api.ids import EntityType, encode_id
from app.api.node import Node
from app.api.pagination import After, Before, Connection, First, Last, paginate
from app.api.scalars import JSON, Url
from app.api.webhook_endpoints.enums import (
    WebhookAttemptOutcome,
    WebhookDeliveryStatus,
    WebhookDisabledReason,
    WebhookEventType,
)
from app.documents import webhook_delivery, webhook_endpoint
from app.documents.paging import SortOrder
from app.domain.webhooks import delivery as domain
from app.loaders.base import OwnedId
from app.services.webhooks.deliveries import read_body

# Ids begin with the time of creation.
NEWEST_FIRST = SortOrder("_id", descending=True)


@strawberry.type(description="One try to deliver.")
class WebhookAttempt:
    at: datetime = strawberry.field(description="When it began.")
    outcome: WebhookAttemptOutcome = strawberry.field(description="How it ended.")
    status_code: int | None = strawberry.field(
        description="The HTTP status the receiver answered; null when it did not."
    )
    duration_ms: int = strawberry.field(description="How long it took, in milliseconds.")

    @classmethod
    def from_domain(cls, attempt: domain.WebhookAttempt) -> "WebhookAttempt":
        """Return the attempt in the schema's type."""
        return cls(**dict(attempt))


@strawberry.type(description="The telling of one event to one endpoint; kept for thirty days.")
class WebhookDelivery(Node):
    webhook_id: str = strawberry.field(
        description="The header `webhook-id`: the same at every try, and at every endpoint told "
        "of the same event."
    )
    event_type: WebhookEventType = strawberry.field(description="What it tells of.")
    occurred_at: datetime = strawberry.field(description="When that happened.")
    created_at: datetime = strawberry.field(description="When it was put in line.")
    status: WebhookDeliveryStatus = strawberry.field(description="Whether it arrived.")
    attempts: list[WebhookAttempt] = strawberry.field(
        description="The newest fifty tries, the oldest of them first."
    )
    next_attempt_at: datetime | None = strawberry.field(
        description="When it is tried next; null when it is not."
    )
    document: strawberry.Private[webhook_delivery.WebhookDelivery]

    @strawberry.field(description="The body that is sent.")
    def payload(self) -> JSON:
        return JSON(read_body(self.document))

    @strawberry.field(description="Where it goes; null when that was deleted.")
    async def webhook_endpoint(self, info: Info) -> "WebhookEndpoint | None":
        key = OwnedId(self.document.organization_id, self.document.webhook_endpoint_id)
        found = await info.context.loaders.webhook_endpoints.load(key)
        return None if found is None else WebhookEndpoint.from_document(found)

    @classmethod
    def from_document(cls, delivery: webhook_delivery.WebhookDelivery) -> "WebhookDelivery":
        """Return the delivery in the schema's type."""
        return cls(
            id=encode_id(EntityType.WEBHOOK_DELIVERY, delivery.id),
            webhook_id=delivery.webhook_id,
            event_type=delivery.event_type,
            occurred_at=delivery.occurred_at,
            created_at=delivery.created_at,
            status=delivery.status,
            attempts=[WebhookAttempt.from_domain(each) for each in delivery.attempts],
            next_attempt_at=delivery.next_attempt_at,
            document=delivery,
        )


@strawberry.input(description="Which deliveries to list; conditions left out hold for all.")
class WebhookDeliveryFilter:
    status: WebhookDeliveryStatus | None = strawberry.field(
        default=None, description="Those that have come so far."
    )

    def to_query(self) -> dict[str, Any]:
        """Return the conditions as a database query."""
        return {} if self.status is None else {"status": self.status.value}


@strawberry.type(description="A system of the business that is told what happens.")
class WebhookEndpoint(Node):
    version: int = strawberry.field(description="Counts the edits, from 1.")
    url: Url = strawberry.field(description="Where to send.")
    description: str = strawberry.field(description="What its owners know it by.")
    event_types: list[WebhookEventType] = strawberry.field(description="What to tell of.")
    enabled: bool = strawberry.field(description="Whether anything is sent.")
    disabled_reason: WebhookDisabledReason | None = strawberry.field(
        description="Why the server stopped sending; null when it did not."
    )
    failing_since: datetime | None = strawberry.field(
        description="The first failure since the last success; null when there is none."
    )
    previous_secret_expires_at: datetime | None = strawberry.field(
        description="Until when deliveries are signed with the secret before the last rotation, "
        "too; null when it was never rotated."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    owned_id: strawberry.Private[OwnedId]

    @strawberry.field(description="What was or is to be told, the newest first.")
    async def deliveries(
        self,
        info: Info,
        *,
        filter: Annotated[
            WebhookDeliveryFilter | None,
            strawberry.argument(description="Which deliveries to list."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[WebhookDelivery]:
        return await paginate(
            info,
            webhook_delivery.WebhookDelivery,
            {
                "organization_id": self.owned_id.organization_id,
                "webhook_endpoint_id": self.owned_id.id,
                **(filter or WebhookDeliveryFilter()).to_query(),
            },
            order=NEWEST_FIRST,
            to_node=WebhookDelivery.from_document,
            first=first,
            after=after,
            last=last,
            before=before,
        )

    @classmethod
    def from_document(cls, endpoint: webhook_endpoint.WebhookEndpoint) -> "WebhookEndpoint":
        """Return the endpoint in the schema's type."""
        return cls(
            id=encode_id(EntityType.WEBHOOK_ENDPOINT, endpoint.id),
            version=endpoint.version,
            url=Url(endpoint.url),
            description=endpoint.description,
            event_types=list(endpoint.event_types),
            enabled=endpoint.enabled,
            disabled_reason=endpoint.disabled_reason,
            failing_since=endpoint.failing_since,
            previous_secret_expires_at=endpoint.previous_secret_expires_at,
            created_at=endpoint.created_at,
            owned_id=OwnedId(endpoint.organization_id, endpoint.id),
        )
