"""Requests to erase a person's data; what came of them is kept as a record."""

from datetime import datetime
from enum import StrEnum

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, IndexModel
from app.domain.values import EntityId


class ErasureStatus(StrEnum):
    """How far a request has come.

    RUNNING: not everything is erased yet. ERASED: everything that was there is; what was being
    written meanwhile is looked for once more. FINISHED: that is done, too.
    """

    RUNNING = "running"
    ERASED = "erased"
    FINISHED = "finished"


class ErasureRequest(OrganizationDocument):
    """One request; the person's e-mail address and phone number are kept until it is finished.

    `found_session_ids` are the sessions found and not yet erased, `erased_session_ids` those that
    are; both are forgotten at the end, too. What is erased is marked with the request's id.
    """

    email: str | None = None
    phone: str | None = None
    status: ErasureStatus = ErasureStatus.RUNNING
    found_session_ids: list[EntityId] = []
    erased_session_ids: list[EntityId] = []
    session_count: int = 0
    event_count: int = 0
    booking_count: int = 0
    finished_at: datetime | None = None

    class Settings:
        name = "erasure_requests"
        indexes = [
            IndexModel(
                [("organization_id", ASCENDING), ("status", ASCENDING)], name="organization_status"
            ),
            IndexModel([("status", ASCENDING)], name="status"),
        ]

    @classmethod
    async def find_running(
        cls, organization_id: EntityId, *, email: str | None, phone: str | None
    ) -> "ErasureRequest | None":
        """Return a request for the same person that is not done, or None."""
        return await cls.find_one(
            {
                "organization_id": organization_id,
                "status": ErasureStatus.RUNNING.value,
                "email": email,
                "phone": phone,
            }
        )

    @classmethod
    async def list_of(
        cls, status: ErasureStatus, *, created_before: datetime
    ) -> list["ErasureRequest"]:
        """Return the requests of every organization that stand so and are older than that."""
        query = {"status": status.value, "created_at": {"$lt": created_before}}
        return await cls.find(query).to_list()

    async def remember_found(self, session_ids: list[EntityId]) -> None:
        """Keep the sessions found, so that they are erased whatever happens to this process."""
        await self.get_motor_collection().update_one(
            {"_id": self.id}, {"$addToSet": {"found_session_ids": {"$each": session_ids}}}
        )

    async def count_erased(
        self, session_id: EntityId, *, sessions: int, events: int, bookings: int
    ) -> None:
        """Take a session off those found and add what was erased of it; once, whoever asks."""
        await self.get_motor_collection().update_one(
            {"_id": self.id, "found_session_ids": session_id},
            {
                "$pull": {"found_session_ids": session_id},
                "$addToSet": {"erased_session_ids": session_id},
                "$inc": {
                    "session_count": sessions,
                    "event_count": events,
                    "booking_count": bookings,
                },
            },
        )

    async def mark_erased(self, *, now: datetime) -> None:
        """Say that everything that was there is erased."""
        await self.get_motor_collection().update_one(
            {"_id": self.id, "status": ErasureStatus.RUNNING.value},
            {"$set": {"status": ErasureStatus.ERASED.value, "updated_at": now}},
        )

    async def finish(self, *, now: datetime) -> None:
        """Say that nothing remains to be done, and forget who the person was."""
        await self.get_motor_collection().update_one(
            {"_id": self.id},
            {
                "$set": {
                    "status": ErasureStatus.FINISHED.value,
                    "updated_at": now,
                    "finished_at": now,
                    "email": None,
                    "phone": None,
                    "found_session_ids": [],
                    "erased_session_ids": [],
                }
            },
        )
