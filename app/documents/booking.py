"""Confirmed appointments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from app.domain.booking import (
    AnswerGiven,
    BookingChange,
    BookingStatus,
    Consent,
    CustomerDetails,
    Timeslot,
    VendorAttempt,
)
from app.domain.booking_session.context import SessionContext
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingStatus, VendorBookingSyncStatus
from app.domain.vendor_push import VendorPush


class Booking(OrganizationDocument):
    """An appointment made by one session, on its way to the company's vendor system.

    What is still to be told to the vendor, `vendor_push`, is stored with the booking itself, so
    that one insert makes both. Without a vendor account both it and the status are None for good.
    """

    booking_session_id: EntityId
    booking_flow_id: EntityId
    revision: int
    booking_flow_revision_id: EntityId | None = None
    confirmation_code: str
    service_id: EntityId
    service_title: str | None = None
    answers: list[AnswerGiven] = []
    zipcode: str | None = None
    consent: Consent | None = None
    timeslot: Timeslot | None = None
    customer: CustomerDetails = {}
    details: CustomerDetails = {}
    session_context: SessionContext = SessionContext()
    customer_digests: list[str] = []
    """Keyed digests of what proves knowledge of the customer; personal data like the customer's."""
    status: BookingStatus = BookingStatus.CONFIRMED
    changes: list[BookingChange] = []
    changed_at: datetime | None = None
    change_number: int = 0
    """Raised by each change, and by whoever must make sure that one under way comes to nothing."""
    vendor_sync_status: VendorBookingSyncStatus | None = None
    vendor_push: VendorPush | None = None
    vendor_booking_id: str | None = None
    vendor_start: datetime | None = None
    """The start the vendor was told."""
    vendor_attempts: list[VendorAttempt] = []
    vendor_status: VendorBookingStatus | None = None
    vendor_job_id: str | None = None
    vendor_modified_on: datetime | None = None
    """The vendor's own time of the newest change that is known here."""
    erasure_id: EntityId | None = None
    recorded_at: datetime | None = None
    """When what reports count of it was stored last, None when it was with the session's end."""

    class Settings:
        name = "bookings"
        indexes = [
            # Of a session's bookings there is one: its completion names the booking's id.
            IndexModel(
                [("booking_session_id", ASCENDING), ("organization_id", ASCENDING)],
                name="session_organization",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("confirmation_code", ASCENDING)],
                name="organization_confirmation_code",
                unique=True,
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("created_at", DESCENDING),
                    ("_id", DESCENDING),
                ],
                name="organization_created",
            ),
            IndexModel(
                [
                    ("organization_id", ASCENDING),
                    ("customer_digests", ASCENDING),
                    ("created_at", DESCENDING),
                ],
                name="organization_customer_digests",
            ),
            IndexModel(
                [("organization_id", ASCENDING), ("recorded_at", ASCENDING)],
                name="organization_recorded",
            ),
            IndexModel([("vendor_push.due_at", ASCENDING)], name="push_due", sparse=True),
            IndexModel(
                [("organization_id", ASCENDING), ("vendor_booking_id", ASCENDING)],
                name="organization_vendor_booking_id",
                # Not by `$type`, or the embedded database would not find by it.
                partialFilterExpression={"vendor_booking_id": {"$gt": ""}},
            ),
        ]

    def takes_place_at(self, start_time: datetime) -> bool:
        """Whether its visit is to start then."""
        is_cancelled = self.status is BookingStatus.CANCELLED
        return (
            not is_cancelled
            and self.timeslot is not None
            and (self.timeslot.start_time == start_time)
        )

    @classmethod
    async def find_of_customer(
        cls, organization_id: EntityId, digests: Sequence[str], *, limit: int
    ) -> "list[Booking]":
        """Return the bookings with any of at most 100 customer digests, the newest first."""
        query = {"organization_id": organization_id, "customer_digests": {"$in": list(digests)}}
        cursor = cls.get_motor_collection().find(query).sort("created_at", DESCENDING)
        return [cls.parse(raw) async for raw in cursor.limit(limit)]

    async def change(
        self, change: BookingChange, *, status: BookingStatus, now: datetime
    ) -> "Booking | None":
        """Store a change of the booking as it was read, and return it; None if it has changed."""
        moments = dict.fromkeys(("changed_at", "updated_at", "recorded_at"), now)
        changes: dict[str, Any] = {"status": status.value, **moments}
        if change.new_timeslot is not None:
            changes["timeslot"] = change.new_timeslot.model_dump()
        raw = await self.get_motor_collection().find_one_and_update(
            {"_id": self.id, "change_number": self.change_number or {"$in": [0, None]}},
            {
                "$set": changes,
                "$push": {"changes": change.model_dump()},
                "$inc": {"change_number": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else self.parse(raw)

    @classmethod
    async def rule_out_changes(
        cls, organization_id: EntityId, booking_id: EntityId
    ) -> "Booking | None":
        """Make sure that no change begun before can be stored; return the booking, if it exists."""
        raw = await cls.get_motor_collection().find_one_and_update(
            {"_id": booking_id, "organization_id": organization_id},
            {"$inc": {"change_number": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return None if raw is None else cls.parse(raw)
