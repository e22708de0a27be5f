"""What was or is to be told to which endpoint, and how it went."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.documents.base import OrganizationDocument, chunked
from app.documents.driver import (
    ASCENDING,
    DESCENDING,
    DUPLICATE_KEY,
    BulkWriteError,
    IndexModel,
    ReturnDocument,
)
from app.documents.ranges import between
from app.domain.values import EntityId
from app.domain.webhooks.delivery import WebhookAttempt, WebhookDeliveryStatus
from app.domain.webhooks.event_types import WebhookEventType

DELIVERIES_KEPT = timedelta(days=30)
MAX_ATTEMPTS_KEPT = 50


class WebhookDelivery(OrganizationDocument):
    """The telling of one event to one endpoint; forgotten after thirty days.

    `body` is exactly what is sent, at every try. While it is pending, `next_attempt_at` says when
    it is due; a worker that takes it moves that to the end of its lease, and only the holder of
    `lease_token` may say how the try ended.
    """

    webhook_endpoint_id: EntityId
    event_id: EntityId
    event_type: WebhookEventType
    occurred_at: datetime
    body: str
    status: WebhookDeliveryStatus = WebhookDeliveryStatus.PENDING
    attempts: list[WebhookAttempt] = []
    tries_left: int
    next_attempt_at: datetime | None
    lease_token: EntityId | None = None

    class Settings:
        name = "webhook_deliveries"
        indexes = [
            IndexModel(
                [("webhook_endpoint_id", ASCENDING), ("event_id", ASCENDING)],
                name="endpoint_event",
                unique=True,
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("webhook_endpoint_id", ASCENDING),
                    ("_id", DESCENDING),
                ],
                name="organization_endpoint",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("webhook_endpoint_id", ASCENDING),
                    ("status", ASCENDING),
                    ("_id", DESCENDING),
                ],
                name="organization_endpoint_status",
            ),
            IndexModel(
                # Not followed by the endpoint: Beanie takes indexes of the same fields for one.
                [("status", ASCENDING), ("next_attempt_at", ASCENDING)],
                name="status_next_attempt",
            ),
            IndexModel(
                [
                    ("webhook_endpoint_id", ASCENDING),
                    ("status", ASCENDING),
                    ("next_attempt_at", ASCENDING),
                ],
                name="endpoint_status_next_attempt",
            ),
            IndexModel(
                [("created_at", ASCENDING)],
                name="created_at",
                expireAfterSeconds=int(DELIVERIES_KEPT.total_seconds()),
            ),
        ]

    @property
    def webhook_id(self) -> str:
        """The id receivers know the event by, the same at every try."""
        return f"msg_{self.event_id}"

    @classmethod
    async def find_told(
        cls, endpoint_id: EntityId, event_ids: Iterable[EntityId]
    ) -> frozenset[EntityId]:
        """Return which of the events have a delivery to the endpoint already."""
        told: set[EntityId] = set()
        for chunk in chunked(sorted(event_ids)):
            query = {"webhook_endpoint_id": endpoint_id, "event_id": {"$in": chunk}}
            cursor = cls.get_motor_collection().find(query, {"event_id": 1})
            told |= {raw["event_id"] async for raw in cursor}
        return frozenset(told)

    @classmethod
    async def insert_new(cls, deliveries: "Sequence[WebhookDelivery]") -> int:
        """Store those whose event has no delivery to the endpoint yet; return how many."""
        if not deliveries:
            return 0
        records = [{**each.model_dump(exclude={"id"}), "_id": each.id} for each in deliveries]
        try:
            await cls.get_motor_collection().insert_many(records, ordered=False)
        except BulkWriteError as error:
            failures = error.details["writeErrors"]
            if any(failure["code"] != DUPLICATE_KEY for failure in failures):
                raise
            return len(records) - len(failures)
        return len(records)

    @classmethod
    async def is_test_pending(cls, endpoint_id: EntityId) -> bool:
        """Return whether a test to the endpoint waits to be sent or is being sent."""
        query = {
            "webhook_endpoint_id": endpoint_id,
            "status": WebhookDeliveryStatus.PENDING.value,
            "event_type": WebhookEventType.WEBHOOK_TEST.value,
        }
        return await cls.find_one(query) is not None

    @classmethod
    async def find_due_endpoints(cls, *, now: datetime) -> frozenset[EntityId]:
        """Return the endpoints to which something is due."""
        query = due_deliveries_query(now)
        return frozenset(await cls.get_motor_collection().distinct("webhook_endpoint_id", query))

    @classmethod
    async def claim(
        cls, endpoint_id: EntityId, *, lease_token: EntityId, now: datetime, lease: timedelta
    ) -> "WebhookDelivery | None":
        """Take something due to the endpoint, for the time of the lease; None when nothing is."""
        raw = await cls.get_motor_collection().find_one_and_update(
            {
                "webhook_endpoint_id": endpoint_id,
                "status": WebhookDeliveryStatus.PENDING.value,
                **_due(now),
            },
            {"$set": {"lease_token": lease_token, "next_attempt_at": now + lease}},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)

    async def finish_try(
        self,
        attempt: WebhookAttempt,
        *,
        status: WebhookDeliveryStatus,
        next_attempt_at: datetime | None,
        now: datetime,
    ) -> bool:
        """Say how a try ended; False when the lease was lost, and another worker has its own."""
        changes: dict[str, Any] = {
            "status": status.value,
            "next_attempt_at": next_attempt_at,
            "lease_token": None,
            "tries_left": max(self.tries_left - 1, 0),
            "updated_at": now,
        }
        result = await self.get_motor_collection().update_one(
            {"_id": self.id, "lease_token": self.lease_token},
            {
                "$set": changes,
                "$push": {
                    "attempts": {"$each": [attempt.model_dump()], "$slice": -MAX_ATTEMPTS_KEPT}
                },
            },
        )
        return bool(result.modified_count)

    @classmethod
    async def requeue(
        cls, organization_id: EntityId, delivery_id: EntityId, *, tries: int, now: datetime
    ) -> "WebhookDelivery | None":
        """Make a delivery due now, with all its tries before it, unless a worker has it."""
        raw = await cls.get_motor_collection().find_one_and_update(
            {"_id": delivery_id, "organization_id": organization_id, "lease_token": None},
            {
                "$set": {
                    "status": WebhookDeliveryStatus.PENDING.value,
                    "next_attempt_at": now,
                    "tries_left": tries,
                    "updated_at": now,
                }
            },
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)

    @classmethod
    async def forget_endpoint(cls, endpoint_id: EntityId) -> None:
        """Remove all deliveries to an endpoint."""
        await cls.get_motor_collection().delete_many({"webhook_endpoint_id": endpoint_id})


def due_deliveries_query(now: datetime) -> dict[str, Any]:
    """Return the query for the deliveries that are due."""
    return {"status": WebhookDeliveryStatus.PENDING.value, **_due(now)}


def _due(now: datetime) -> dict[str, Any]:
    # `between`, because the embedded database misses what equals an inclusive bound.
    return between("next_attempt_at", None, now + timedelta(milliseconds=1))
