"""Reading webhook endpoints. Their URLs often hold secrets, so only owners do."""

from typing import Annotated

import strawberry

from app.api.context import Info
from app.api.ids import EntityType, decode_id
from app.api.permissions import Access, query
from app.api.webhook_endpoints.types import WebhookEndpoint
from app.documents import webhook_endpoint as documents
from app.loaders.base import owned


@strawberry.type
class WebhookEndpointQueries:
    @query(description="A webhook endpoint; null when there is none.", access=Access.OWNER)
    async def webhook_endpoint(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The endpoint.")],
    ) -> WebhookEndpoint | None:
        endpoint_id = decode_id(EntityType.WEBHOOK_ENDPOINT, id)
        key = owned(info.context.organization_id, endpoint_id)
        found = None if key is None else await info.context.loaders.webhook_endpoints.load(key)
        return None if found is None else WebhookEndpoint.from_document(found)

    @query(
        description="The webhook endpoints of the organization, ten at most, the oldest first.",
        access=Access.OWNER,
    )
    async def webhook_endpoints(self, info: Info) -> list[WebhookEndpoint]:
        endpoints = await documents.WebhookEndpoint.list_of(info.context.organization_id)
        return [WebhookEndpoint.from_document(endpoint) for endpoint in endpoints]
