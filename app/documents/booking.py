"""Confirmed appointments."""

from app.documents.base import OrganizationDocument
from app.documents.driver import ASCENDING, DESCENDING, IndexModel
from app.domain.booking import CustomerDetails, Timeslot, VendorAttempt
from app.domain.booking_session.context import SessionContext
from app.domain.values import EntityId
from app.domain.vendor import VendorBookingSyncStatus


class Booking(OrganizationDocument):
    """An appointment made by one session, on its way to the company's vendor system."""

    booking_session_id: EntityId
    booking_flow_id: EntityId
    revision: int
    confirmation_code: str
    service_id: EntityId
    timeslot: Timeslot | None = None
    customer: CustomerDetails = {}
    details: CustomerDetails = {}
    session_context: SessionContext = SessionContext()
    vendor_sync_status: VendorBookingSyncStatus = VendorBookingSyncStatus.PENDING
    vendor_booking_id: str | None = None
    vendor_attempts: list[VendorAttempt] = []

    class Settings:
        name = "bookings"
        indexes = [
            IndexModel([("booking_session_id", ASCENDING)], name="booking_session", unique=True),
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
        ]
