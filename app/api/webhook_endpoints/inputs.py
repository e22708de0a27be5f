"""Webhook endpoints as owners write them."""

import strawberry

from app.api.ids import EntityType
from app.api.inputs import refers_to
from app.api.scalars import Url
from app.api.webhook_endpoints.enums import WebhookEventType


@strawberry.input(description="A new webhook endpoint.")
class CreateWebhookEndpointInput:
    url: Url = strawberry.field(
        description="Where to send: `https://` and an address of the public internet."
    )
    event_types: list[WebhookEventType] = strawberry.field(
        description="What to tell of, at least one and each once."
    )
    description: str = strawberry.field(default="", description="What its owners know it by.")
    enabled: bool = strawberry.field(default=True, description="Whether to send.")


@strawberry.input(description="Changes of a webhook endpoint; what is left out stays as it is.")
class UpdateWebhookEndpointInput:
    id: strawberry.ID = strawberry.field(
        description="Which to change.", metadata=refers_to(EntityType.WEBHOOK_ENDPOINT)
    )
    expected_version: int = strawberry.field(description="The version its owner has seen.")
    url: Url | None = strawberry.field(
        default=strawberry.UNSET,
        description="Where to send, also what is pending already.",
    )
    event_types: list[WebhookEventType] | None = strawberry.field(
        default=strawberry.UNSET, description="What to tell of from now on."
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="What its owners know it by."
    )
    enabled: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether to send. What happens while it is disabled is not told later.",
    )


@strawberry.input(description="Which to delete.")
class DeleteWebhookEndpointInput:
    id: strawberry.ID = strawberry.field(
        description="Which to delete.", metadata=refers_to(EntityType.WEBHOOK_ENDPOINT)
    )
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET, description="The version its owner has seen, if it matters."
    )


@strawberry.input(description="Whose secret to replace.")
class RotateWebhookSecretInput:
    id: strawberry.ID = strawberry.field(
        description="The endpoint.", metadata=refers_to(EntityType.WEBHOOK_ENDPOINT)
    )
    expected_version: int = strawberry.field(description="The version its owner has seen.")


@strawberry.input(description="Which endpoint to try out.")
class SendTestWebhookInput:
    id: strawberry.ID = strawberry.field(
        description="The endpoint.", metadata=refers_to(EntityType.WEBHOOK_ENDPOINT)
    )


@strawberry.input(description="What to send again.")
class RedeliverWebhookInput:
    id: strawberry.ID = strawberry.field(
        description="The delivery.", metadata=refers_to(EntityType.WEBHOOK_DELIVERY)
    )
