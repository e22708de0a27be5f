"""How far the vendor was asked for changes of bookings."""

from datetime import datetime

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DuplicateKeyError, IndexModel, ReturnDocument, new_id
from app.domain.values import EntityId


class VendorStatusPoll(OrganizationDocument):
    """One organization's turn; `read_up_to` is the newest change known, by the vendor's clock."""

    due_at: datetime
    read_up_to: datetime

    class Settings:
        name = "vendor_status_polls"
        indexes = [
            IndexModel([("organization_id", ASCENDING)], name="organization", unique=True),
            IndexModel([("due_at", ASCENDING)], name="due"),
        ]

    @classmethod
    async def begin(cls, organization_id: EntityId, *, read_up_to: datetime, now: datetime) -> None:
        """Let the organization have turns, from now on, unless it has them."""
        poll = cls(
            id=new_id(),
            organization_id=organization_id,
            created_at=now,
            updated_at=now,
            due_at=now,
            read_up_to=read_up_to,
        )
        try:
            await poll.insert()
        except DuplicateKeyError:
            return

    @classmethod
    async def find_organization_ids(cls) -> set[EntityId]:
        """Return the organizations that have turns."""
        cursor = cls.get_motor_collection().find({}, {"organization_id": 1})
        return {raw["organization_id"] async for raw in cursor}

    @classmethod
    async def take_turn(cls, *, now: datetime, next_at: datetime) -> "VendorStatusPoll | None":
        """Take the turn that has been due for longest, and set the next; None when none is due."""
        raw = await cls.get_motor_collection().find_one_and_update(
            {"due_at": {"$lte": now}},
            {"$set": {"due_at": next_at, "updated_at": now}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)

    async def advance(self, read_up_to: datetime) -> None:
        """Keep how far was read; a poll that was slower takes nothing back."""
        await self.get_motor_collection().update_one(
            {"_id": self.id}, {"$max": {"read_up_to": read_up_to}}
        )

    @classmethod
    async def end(cls, organization_id: EntityId) -> None:
        """Let the organization have no more turns."""
        await cls.find_one({"organization_id": organization_id}).delete()
