"""Customers whose events are recorded by this process, on a running server's database."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.api.ids import EntityType, encode_id
from app.documents.driver import disconnect
from app.documents.registry import connect_documents
from app.services.organizations import create_organization
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import ZIP, entered
from tests.running_server import RunningServer
from tests.services.booking_sessions.builders import Customer, a_customer, a_place

LIVE = load_operations("admin.graphql")["LiveSessionEvents"]
EVENTS_OF_SESSION = """
  subscription ($id: ID!, $after: Int) {
    bookingSessionEvents(bookingSessionId: $id, afterSequence: $after) { sequence eventType }
  }
"""


@dataclass(frozen=True)
class Company:
    """An organization of the server with a customer, and its OWNER key."""

    key: str
    customer: Customer

    @property
    def flow_id(self) -> str:
        flow_id = self.customer.place.flow.flow.booking_flow_id
        return encode_id(EntityType.BOOKING_FLOW, flow_id)

    @property
    def session_id(self) -> str:
        return encode_id(EntityType.BOOKING_SESSION, self.customer.session_id)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Keep recording single events: a subscription does not tell from when on it is there."""
        recording = asyncio.create_task(self._record_on())
        try:
            yield
        finally:
            recording.cancel()
            await asyncio.gather(recording, return_exceptions=True)

    async def _record_on(self) -> None:
        for _ in itertools.count():
            await self.customer.record(entered(ZIP))
            await asyncio.sleep(0.05)


@asynccontextmanager
async def connected_to(server: RunningServer) -> AsyncIterator[None]:
    """Bind the documents of this process to the server's database."""
    environment = server.environment
    await connect_documents(
        environment["SCHEDULER_MONGODB_URI"], database_name=environment["SCHEDULER_DATABASE_NAME"]
    )
    yield
    await disconnect()


async def a_company(name: str) -> Company:
    organization, key = await create_organization(name, now=datetime.now(UTC))
    place = await a_place(organization_id=organization.id)
    return Company(key, await a_customer(place=place))


def event_of(data: Any) -> dict[str, Any]:
    event: dict[str, Any] = data["bookingSessionEvents"]
    return event
