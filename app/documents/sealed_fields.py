"""The fields that hold secrets, encrypted; sealing them anew is no edit of their documents."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from app.documents.base import OrganizationDocument
from app.documents.vendor_account import VendorAccount
from app.documents.webhook_endpoint import WebhookEndpoint
from app.domain.values import EntityId

SEALED_FIELDS: tuple[tuple[type[OrganizationDocument], str], ...] = (
    (VendorAccount, "sealed_credentials"),
    (WebhookEndpoint, "sealed_secret"),
    (WebhookEndpoint, "sealed_previous_secret"),
)


class SealedText(NamedTuple):
    """A sealed secret and where it is kept."""

    document: type[OrganizationDocument]
    entity_id: EntityId
    field: str
    text: str

    async def replace(self, text: str) -> bool:
        """Store the same secret sealed anew; return False when it was changed meanwhile."""
        result = await self.document.get_motor_collection().update_one(
            {"_id": self.entity_id, self.field: self.text}, {"$set": {self.field: text}}
        )
        return bool(result.modified_count)


async def iterate_sealed() -> AsyncIterator[SealedText]:
    """Yield every sealed secret of every organization."""
    for document, field in SEALED_FIELDS:
        async for raw in document.get_motor_collection().find({}, {field: 1}):
            if raw.get(field) is not None:
                yield SealedText(document, raw["_id"], field, raw[field])
