"""Customers with a name, and what is left of them anywhere."""

from typing import Any

from app.documents.audit_record import AuditRecord
from app.documents.booking import Booking
from app.documents.booking_session import BookingSession
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.driver import current_database
from app.documents.erasure_request import ErasureRequest
from app.domain.access import OrganizationCredential, Role
from app.domain.booking_session.commands import SessionCommand
from app.domain.booking_session.context import ClickIds, SessionContext
from app.services.audit import read_snapshot
from app.services.authoring import Author
from app.services.personal_data.persons import read_contact
from app.services.personal_data.requests import erase_personal_data
from tests.domain.booking_session.builders import CUSTOMER, DETAILS, ROSA, updated
from tests.services.booking_sessions.builders import LATER, Customer, Place, a_customer

EMAIL = "Rosa@Harbor.example"
PHONE: str = ROSA["phone"]
CONTEXT = SessionContext(
    url="https://harbor.example/book?email=rosa%40harbor.example",
    click_ids=ClickIds(gclid="click-of-rosa"),
    visitor_id="visitor-rosa",
)
TYPED: tuple[SessionCommand, ...] = (
    updated(DETAILS, "notes", "Rosa's dog bites"),
    updated(CUSTOMER, "email", EMAIL),
)
TRACES = ("rosa", "diaz", "5550199", "12 cliff st")
"""What customers of this module leave behind, in lower case."""


def an_owner(place: Place) -> Author:
    credential = OrganizationCredential(
        organization_id=place.organization_id, api_key_id="a" * 24, role=Role.OWNER
    )
    return Author(credential=credential, now=LATER)


async def a_rosa(*commands: SessionCommand, place: Place, **options: Any) -> Customer:
    """Return a customer whose page already names her; the commands come on top."""
    return await a_customer(*commands, place=place, context=CONTEXT, **options)


async def erase(
    place: Place, *, email: str | None = None, phone: str | None = None
) -> ErasureRequest:
    contact = read_contact(email=email, phone=phone)
    return await erase_personal_data(contact, author=an_owner(place))


def counts(request: ErasureRequest) -> tuple[int, int, int]:
    return request.session_count, request.event_count, request.booking_count


async def traces(place: Place) -> list[str]:
    """Return where the organization still holds a trace, in any collection but the requests."""
    found = []
    for document in (BookingSession, BookingSessionEventDocument, Booking):
        cursor = document.get_motor_collection().find({"organization_id": place.organization_id})
        found += [str(raw) async for raw in cursor if _has_trace(raw)]
    for record in await AuditRecord.find({"organization_id": place.organization_id}).to_list():
        states = [await read_snapshot(record.before), await read_snapshot(record.after)]
        found += [str(states)] if _has_trace(states) else []
    return found


def _has_trace(stored: object) -> bool:
    return any(trace in str(stored).lower() for trace in TRACES)


async def stored_state(customer: Customer) -> dict[str, Any]:
    """Return everything stored about a session."""
    database = current_database()
    events = database["booking_session_events"].find(
        {"booking_session_id": customer.session_id}, sort=[("sequence", 1)]
    )
    return {
        "session": await database["booking_sessions"].find_one({"_id": customer.session_id}),
        "events": [raw async for raw in events],
        "booking": await database["bookings"].find_one({"booking_session_id": customer.session_id}),
    }
