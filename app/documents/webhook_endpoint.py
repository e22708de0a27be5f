"""Addresses of the business's own systems that want to be told what happens."""

from collections.abc import Iterable
from datetime import datetime

from app.documents.base import VersionedDocument, chunked
from app.documents.driver import ASCENDING, IndexModel
from app.domain.values import EntityId
from app.domain.webhooks.endpoint import WebhookDisabledReason, WebhookSubscription
from app.domain.webhooks.event_types import WebhookEventType


class WebhookEndpoint(VersionedDocument):
    """An endpoint; its secrets are sealed.

    An organization's endpoints have different `place`s, 0 and up: the unique index keeps any number
    of concurrent creations within the limit. What happened up to `scanned_until` has deliveries,
    but for what was stored late. `failing_since` is the first failure since the last success.
    """

    url: str
    description: str = ""
    subscriptions: list[WebhookSubscription]
    enabled: bool = True
    disabled_reason: WebhookDisabledReason | None = None
    place: int
    sealed_secret: str
    sealed_previous_secret: str | None = None
    previous_secret_expires_at: datetime | None = None
    failing_since: datetime | None = None
    scanned_until: datetime

    class Settings:
        name = "webhook_endpoints"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("place", ASCENDING)],
                name="organization_place",
                unique=True,
            ),
            IndexModel([("enabled", ASCENDING)], name="enabled"),
        ]

    @property
    def event_types(self) -> tuple[WebhookEventType, ...]:
        """The kinds of event it wants."""
        return tuple(each.event_type for each in self.subscriptions)

    @classmethod
    async def list_of(cls, organization_id: EntityId) -> "list[WebhookEndpoint]":
        """Return the organization's endpoints, oldest first."""
        return await cls.find({"organization_id": organization_id}).sort("_id").to_list()

    @classmethod
    async def list_enabled(cls) -> "list[WebhookEndpoint]":
        """Return the endpoints of all organizations that are sent to."""
        return await cls.find({"enabled": True}).to_list()

    @classmethod
    async def mark_scanned(cls, endpoint_ids: Iterable[EntityId], *, until: datetime) -> None:
        """Note up to when everything that happened has deliveries; never moves back."""
        for chunk in chunked(sorted(endpoint_ids)):
            await cls.get_motor_collection().update_many(
                {"_id": {"$in": chunk}}, {"$max": {"scanned_until": until}}
            )

    @classmethod
    async def mark_failing(cls, endpoint_id: EntityId, *, since: datetime) -> None:
        """Note a failure, unless there was one since the last success."""
        await cls.get_motor_collection().update_one(
            {"_id": endpoint_id, "failing_since": None}, {"$set": {"failing_since": since}}
        )

    @classmethod
    async def mark_working(cls, endpoint_id: EntityId) -> None:
        """Note a success."""
        await cls.get_motor_collection().update_one(
            {"_id": endpoint_id}, {"$set": {"failing_since": None}}
        )

    @classmethod
    async def disable(
        cls,
        endpoint_id: EntityId,
        *,
        version: int,
        reason: WebhookDisabledReason,
        now: datetime,
    ) -> bool:
        """Stop sending to an endpoint its owner has not changed since; return whether it was so."""
        result = await cls.get_motor_collection().update_one(
            {"_id": endpoint_id, "version": version, "enabled": True},
            {
                "$set": {"enabled": False, "disabled_reason": reason.value, "updated_at": now},
                "$inc": {"version": 1},
            },
        )
        return bool(result.modified_count)
