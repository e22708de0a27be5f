"""Editing webhook endpoints, trying them out and sending again."""

import strawberry

from app.api.context import Info
from app.api.inputs import read_input
from app.api.patches import read_deletion, read_patch
from app.api.permissions import Access, mutation
from app.api.user_errors import MutationPayload, UserError
from app.api.webhook_endpoints.inputs import (
    CreateWebhookEndpointInput,
    DeleteWebhookEndpointInput,
    RedeliverWebhookInput,
    RotateWebhookSecretInput,
    SendTestWebhookInput,
    UpdateWebhookEndpointInput,
)
from app.api.webhook_endpoints.payloads import render_event
from app.api.webhook_endpoints.types import WebhookDelivery, WebhookEndpoint
from app.domain.values import EntityId, Value
from app.services.webhooks import deliveries, endpoints


class Reference(Value):
    """The entity a mutation is about."""

    id: EntityId


def _why() -> list[UserError]:
    return strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


@strawberry.type(description="The outcome of `createWebhookEndpoint`.")
class CreateWebhookEndpointPayload(MutationPayload):
    webhook_endpoint: WebhookEndpoint | None = strawberry.field(
        default=None, description="The new endpoint; null when it was refused."
    )
    secret: str | None = strawberry.field(
        default=None, description="What deliveries are signed with, shown this once."
    )
    user_errors: list[UserError] = _why()


@strawberry.type(description="The outcome of `updateWebhookEndpoint`.")
class UpdateWebhookEndpointPayload(MutationPayload):
    webhook_endpoint: WebhookEndpoint | None = strawberry.field(
        default=None, description="The endpoint as it is now; null when it was refused."
    )
    user_errors: list[UserError] = _why()


@strawberry.type(description="The outcome of `deleteWebhookEndpoint`.")
class DeleteWebhookEndpointPayload(MutationPayload):
    webhook_endpoint: WebhookEndpoint | None = strawberry.field(
        default=None, description="The endpoint as it was; null when it was refused."
    )
    user_errors: list[UserError] = _why()


@strawberry.type(description="The outcome of `rotateWebhookSecret`.")
class RotateWebhookSecretPayload(MutationPayload):
    webhook_endpoint: WebhookEndpoint | None = strawberry.field(
        default=None, description="The endpoint; null when it was refused."
    )
    secret: str | None = strawberry.field(
        default=None, description="The new secret, shown this once."
    )
    user_errors: list[UserError] = _why()


@strawberry.type(description="The outcome of `sendTestWebhook`.")
class SendTestWebhookPayload(MutationPayload):
    webhook_delivery: WebhookDelivery | None = strawberry.field(
        default=None, description="The test's delivery, to be looked at again in a moment."
    )
    user_errors: list[UserError] = _why()


@strawberry.type(description="The outcome of `redeliverWebhook`.")
class RedeliverWebhookPayload(MutationPayload):
    webhook_delivery: WebhookDelivery | None = strawberry.field(
        default=None, description="The delivery, pending; null when it was refused."
    )
    user_errors: list[UserError] = _why()


@strawberry.type
class WebhookEndpointMutations:
    @mutation(
        description="Tell a system of the business what happens from now on.", access=Access.OWNER
    )
    async def create_webhook_endpoint(
        self, info: Info, input: CreateWebhookEndpointInput
    ) -> CreateWebhookEndpointPayload:
        tools = info.context.webhooks
        endpoint, secret = await endpoints.create_webhook_endpoint(
            read_input(input, endpoints.content_type(tools)),
            author=info.context.author,
            tools=tools,
        )
        return CreateWebhookEndpointPayload(
            webhook_endpoint=WebhookEndpoint.from_document(endpoint), secret=secret
        )

    @mutation(description="Change a webhook endpoint.", access=Access.OWNER)
    async def update_webhook_endpoint(
        self, info: Info, input: UpdateWebhookEndpointInput
    ) -> UpdateWebhookEndpointPayload:
        endpoint = await endpoints.update_webhook_endpoint(
            read_patch(input), author=info.context.author, tools=info.context.webhooks
        )
        return UpdateWebhookEndpointPayload(
            webhook_endpoint=WebhookEndpoint.from_document(endpoint)
        )

    @mutation(description="Delete a webhook endpoint with its log.", access=Access.OWNER)
    async def delete_webhook_endpoint(
        self, info: Info, input: DeleteWebhookEndpointInput
    ) -> DeleteWebhookEndpointPayload:
        endpoint = await endpoints.delete_webhook_endpoint(
            read_deletion(input), author=info.context.author
        )
        return DeleteWebhookEndpointPayload(
            webhook_endpoint=WebhookEndpoint.from_document(endpoint)
        )

    @mutation(
        description="Give a webhook endpoint a new secret; for a day deliveries are signed with "
        "the old one, too.",
        access=Access.OWNER,
    )
    async def rotate_webhook_secret(
        self, info: Info, input: RotateWebhookSecretInput
    ) -> RotateWebhookSecretPayload:
        endpoint, secret = await endpoints.rotate_webhook_secret(
            read_input(input, endpoints.Rotation),
            author=info.context.author,
            tools=info.context.webhooks,
        )
        return RotateWebhookSecretPayload(
            webhook_endpoint=WebhookEndpoint.from_document(endpoint), secret=secret
        )

    @mutation(
        description="Send a test to a webhook endpoint within seconds, once, also to a disabled "
        "one.",
        access=Access.OWNER,
    )
    async def send_test_webhook(
        self, info: Info, input: SendTestWebhookInput
    ) -> SendTestWebhookPayload:
        delivery = await deliveries.send_test_webhook(
            read_input(input, Reference).id, author=info.context.author, render=render_event
        )
        return SendTestWebhookPayload(webhook_delivery=WebhookDelivery.from_document(delivery))

    @mutation(
        description="Send a webhook again within seconds, under its old id, whatever came of it.",
        access=Access.OWNER,
    )
    async def redeliver_webhook(
        self, info: Info, input: RedeliverWebhookInput
    ) -> RedeliverWebhookPayload:
        delivery = await deliveries.redeliver_webhook(
            read_input(input, Reference).id, author=info.context.author
        )
        return RedeliverWebhookPayload(webhook_delivery=WebhookDelivery.from_document(delivery))
