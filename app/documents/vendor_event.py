"""Which of the vendor's events were taken in, so that a repeated one is known."""

from datetime import datetime, timedelta

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel, new_id
from app.domain.values import EntityId

KEPT = timedelta(days=7)
"""The vendor repeats a delivery for some minutes."""


class VendorEvent(OrganizationDocument):
    """An event of the vendor's; `event_digest` stands for its id, which may be of any length."""

    event_digest: str

    class Settings:
        name = "vendor_events"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("event_digest", ASCENDING)],
                name="organization_event",
                unique=True,
            ),
            IndexModel(
                [("created_at", ASCENDING)],
                name="created",
                expireAfterSeconds=int(KEPT.total_seconds()),
            ),
        ]

    @classmethod
    async def is_known(cls, organization_id: EntityId, event_digest: str) -> bool:
        """Whether the event was taken in already."""
        query = {"organization_id": organization_id, "event_digest": event_digest}
        return await cls.find_one(query) is not None

    @classmethod
    async def remember(cls, organization_id: EntityId, event_digest: str, *, now: datetime) -> bool:
        """Note that the event was taken in; False when that is known already."""
        event = cls(
            id=new_id(),
            organization_id=organization_id,
            event_digest=event_digest,
            created_at=now,
            updated_at=now,
        )
        try:
            await event.insert()
        except DuplicateKeyError:
            return False
        return True
