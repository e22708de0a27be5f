"""Organizations with sessions and bookings, stored through the services."""

from dataclasses import dataclass

from app.api.ids import EntityType, encode_id
from app.domain.access import OrganizationCredential
from app.domain.booking_session.commands import SessionCommand
from tests.api.client import ApiClient, an_organization
from tests.domain.booking_session.builders import THROUGH_SUMMARY
from tests.services.booking_sessions.builders import Customer, Place, a_customer, a_place


@dataclass
class Office:
    """An organization's client and the flow its customers are on."""

    client: ApiClient
    place: Place

    async def a_customer(self, *commands: SessionCommand) -> Customer:
        return await a_customer(*commands, place=self.place)

    async def a_booking(self) -> tuple[Customer, str]:
        """Return a customer who booked, and the booking's global id."""
        customer = await self.a_customer(*THROUGH_SUMMARY)
        _, booking = await customer.complete()
        return customer, encode_id(EntityType.BOOKING, booking.id)

    def step_id(self, step_id: str) -> str:
        """Return the global id of a step of the builders' flow."""
        return encode_id(EntityType.BOOKING_FLOW_STEP, self.place.step_ids[step_id])


async def an_office(name: str = "Harbor") -> Office:
    client = await an_organization(name)
    return Office(client, await a_place(organization_id=organization_of(client)))


def organization_of(client: ApiClient) -> str:
    assert isinstance(client.credential, OrganizationCredential)
    return client.credential.organization_id


def global_id(customer: Customer) -> str:
    return encode_id(EntityType.BOOKING_SESSION, customer.session_id)
