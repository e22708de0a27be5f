"""The session of an event, while that session is only being stored."""

import asyncio

from app.documents.booking_session import BookingSession
from app.documents.driver import Database
from tests.api.mutations.test_booking_session import a_customer

EVENTS = """
query ($id: ID!) { node(id: $id) { ... on BookingSessionEvent {
  bookingSession { ... on BookingSessionBase { id } } } } }
"""


async def test_session_stored_just_after_its_first_event_is_waited_for(
    database: Database,
) -> None:
    customer = await a_customer()
    session = await BookingSession.get(customer.raw_id)
    assert session is not None
    recorded = await customer.record(customer.event("1", 0, stepEntered={}))
    event_id = recorded["results"][0]["event"]["id"]
    stored = await BookingSession.get(customer.raw_id)
    assert stored is not None
    await stored.delete()

    async def store_late() -> None:
        await asyncio.sleep(0.1)
        await stored.insert()

    data, _ = await asyncio.gather(
        customer.site.client.data(EVENTS, {"id": event_id}), store_late()
    )

    assert data["node"]["bookingSession"]["id"] == customer.id
