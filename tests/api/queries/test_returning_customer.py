"""A customer is recognised by what their own session entered, and by nothing less."""

from datetime import timedelta
from typing import Any

import pytest

from app.documents.booking import Booking
from app.documents.driver import CommandCounter, Database
from app.services.returning_customers import (
    LOOKUPS_PER_CUSTOMER,
    LOOKUPS_PER_NETWORK,
    LOOKUPS_PER_SESSION,
)
from tests.api.client import ApiClient, an_organization
from tests.api.sessions import Office, organization_of
from tests.domain.booking_session.builders import CUSTOMER, ROSA, THROUGH_SUMMARY, updated
from tests.services.booking_sessions.builders import LATER, Customer, a_place

pytestmark = pytest.mark.usefixtures("database")

QUERY = """{
  returningCustomer {
    maskedName maskedPhone maskedEmail maskedAddress
    previousBookings { bookedAt service { id } }
  }
}"""
KNOWN = {"phone": ROSA["phone"], "lastName": "DIAZ"}
UNKNOWN = {"phone": "+17815550123", "lastName": "Diaz"}


async def an_office(*, allows: bool = True) -> Office:
    client = await an_organization()
    place = await a_place(organization_id=organization_of(client), allow_returning_customers=allows)
    return Office(client, place)


async def a_visitor(office: Office, **entries: Any) -> Customer:
    """Return a customer who has entered this so far."""
    return await office.a_customer(
        *THROUGH_SUMMARY[:9], *(updated(CUSTOMER, key, value) for key, value in entries.items())
    )


def client_of(office: Office, visitor: Customer, network: str = "198.51.100.7") -> ApiClient:
    client = office.client.with_session(visitor.session_id)
    client.now, client.network = LATER, network
    return client


async def ask(office: Office, visitor: Customer) -> Any:
    data = await client_of(office, visitor).data(QUERY)
    return data["returningCustomer"]


async def test_a_customer_who_booked_before_is_shown_masked() -> None:
    office = await an_office()
    await office.a_booking()

    shown = await ask(office, await a_visitor(office, **KNOWN))

    assert shown.pop("previousBookings")[0]["service"] is None
    assert shown == {
        "maskedName": "R*** D***",
        "maskedPhone": "***99",
        "maskedEmail": None,
        "maskedAddress": "1*** C*** S***, M***",
    }


@pytest.mark.parametrize(
    "entries",
    [
        {},
        UNKNOWN,
        {"phone": ROSA["phone"]},
        {"phone": ROSA["phone"], "lastName": "Smith"},
        {"phone": ROSA["phone"], "firstName": ROSA["firstName"], "address": ROSA["address"]},
        {"phone": {"ne": None}, "lastName": ["Diaz"]},
    ],
    ids=["nothing", "unknown", "number alone", "another name", "no last name", "no texts"],
)
async def test_less_than_a_proof_shows_nothing(entries: dict[str, Any]) -> None:
    office = await an_office()
    await office.a_booking()

    assert await ask(office, await a_visitor(office, **entries)) is None


async def test_another_organizations_customer_is_not_known() -> None:
    await (await an_office()).a_booking()
    office = await an_office()

    assert await ask(office, await a_visitor(office, **KNOWN)) is None


async def test_a_flow_that_does_not_allow_it_recognises_nobody() -> None:
    office = await an_office(allows=False)
    await office.a_booking()

    assert await ask(office, await a_visitor(office, **KNOWN)) is None


async def test_a_session_does_not_recognise_its_own_booking() -> None:
    office = await an_office()
    customer, _ = await office.a_booking()

    assert await ask(office, customer) is None


@pytest.mark.parametrize("erased", [{"customer": {}}, {"erasure_id": "e" * 24}])
async def test_an_erased_customer_is_not_known(erased: dict[str, Any]) -> None:
    office = await an_office()
    await office.a_booking()
    await Booking.get_motor_collection().update_many(
        {"organization_id": office.place.organization_id}, {"$set": erased}
    )

    assert await ask(office, await a_visitor(office, **KNOWN)) is None


async def test_known_and_unknown_numbers_cost_the_same_commands(
    database: Database, command_counter: CommandCounter
) -> None:
    office = await an_office()
    await office.a_booking()
    costs = []
    for entries in (UNKNOWN, {**KNOWN, "lastName": "Smith"}, UNKNOWN):
        visitor = await a_visitor(office, **entries)
        with command_counter.counting() as commands:
            assert await ask(office, visitor) is None
        costs.append(sorted(commands))

    assert costs[0] == costs[1] == costs[2]


async def test_the_lookup_uses_its_index(database: Database) -> None:
    query = {"organization_id": "a" * 24, "customer_digests": {"$in": ["1" * 64, "2" * 64]}}

    plan = await Booking.get_motor_collection().find(query).explain()

    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])


async def test_an_api_key_is_nobodys_session() -> None:
    office = await an_office()

    answer = await office.client.execute(QUERY)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def throttled_after(office: Office, clients: Any) -> int:
    """Return how many of the clients in a row are answered before one is throttled."""
    for count, client in enumerate(clients):
        answer = await client.execute(QUERY)
        if "errors" in answer:
            extensions = answer["errors"][0]["extensions"]
            assert extensions["code"] == "THROTTLED"
            assert 0 < extensions["retryAfterMs"] <= 3_600_000
            return int(count)
        assert answer["data"] == {"returningCustomer": None}
    raise AssertionError("nobody was throttled")


@pytest.mark.parametrize("entries", [{**KNOWN, "lastName": "Smith"}, UNKNOWN])
async def test_a_session_may_ask_a_few_times_an_hour_whomever_it_asks_for(
    entries: dict[str, Any],
) -> None:
    office = await an_office()
    await office.a_booking()
    visitor = await a_visitor(office, **entries)

    count = await throttled_after(office, [client_of(office, visitor)] * 100)
    next_hour = client_of(office, visitor)
    next_hour.now = LATER + timedelta(hours=1)

    assert count == LOOKUPS_PER_SESSION
    assert (await next_hour.data(QUERY))["returningCustomer"] is None


async def test_many_sessions_of_one_network_share_an_allowance() -> None:
    office = await an_office()
    visitors = [
        await a_visitor(office, phone=f"+1781555{n:04}", lastName="Diaz") for n in range(12)
    ]
    clients = [client_of(office, visitors[n % 12]) for n in range(LOOKUPS_PER_NETWORK + 1)]

    assert await throttled_after(office, clients) == LOOKUPS_PER_NETWORK


async def test_names_cannot_be_tried_on_a_number_from_many_networks() -> None:
    office = await an_office()
    await office.a_booking()
    clients = []
    for n in range(LOOKUPS_PER_CUSTOMER + 1):
        visitor = await a_visitor(office, phone=ROSA["phone"], lastName=f"Name{chr(97 + n)}")
        clients.append(client_of(office, visitor, network=f"198.51.100.{n}"))

    assert await throttled_after(office, clients) == LOOKUPS_PER_CUSTOMER
