"""What waits in the database to be told to others, and for how long."""

from datetime import datetime
from typing import Any, NamedTuple

from app.documents.booking import Booking
from app.documents.booking_push import DUE_AT, due_query
from app.documents.driver import ASCENDING
from app.documents.webhook_delivery import WebhookDelivery, due_deliveries_query

MAX_COUNTED = 10_000


class Backlog(NamedTuple):
    """How much is due, 10,000 at most, and since when the oldest of it."""

    due_count: int
    oldest_due_at: datetime | None


async def count_due_bookings(now: datetime) -> Backlog:
    """Return how many bookings are still to be told to the vendor."""
    return await _count(Booking, due_query(now), DUE_AT)


async def count_due_deliveries(now: datetime) -> Backlog:
    """Return how many webhooks are still to be sent."""
    return await _count(WebhookDelivery, due_deliveries_query(now), "next_attempt_at")


async def _count(document: type[Any], query: dict[str, Any], due_at: str) -> Backlog:
    collection = document.get_motor_collection()
    oldest = await collection.find_one(query, {due_at: 1}, sort=[(due_at, ASCENDING)])
    if oldest is None:
        return Backlog(0, None)
    count: int = await collection.count_documents(query, limit=MAX_COUNTED)
    value: Any = oldest
    for name in due_at.split("."):
        value = value[name]
    return Backlog(count, value)
