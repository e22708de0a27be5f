import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import ValidationError

from app.servicetitan.clients import open_clients
from app.servicetitan.errors import ServiceTitanError
from app.servicetitan.payloads.bookings import ContactType, NewContact
from app.transport.vendor_stand_in.accounts import DEMO_ACCOUNT
from tests.servicetitan.builders import a_booking, a_client
from tests.servicetitan.running_stand_in import PROVIDER_ID, RunningStandIn, demo_credentials

PHONE = "+15125550100"
SECRETS = {DEMO_ACCOUNT.client_secret, DEMO_ACCOUNT.app_key, PHONE, "Bearer "}


@contextmanager
def told(collected: list[str]) -> Iterator[None]:
    """Collect everything that a log of the error would show."""
    with pytest.raises(ServiceTitanError) as raised:
        yield
    collected += [repr(raised.value), *traceback.format_exception(raised.value)]


def found_in(texts: list[str]) -> set[str]:
    return {secret for secret in SECRETS if any(secret in text for text in texts)}


async def test_no_secret_and_no_customer_is_in_logs_or_errors_whatever_fails(
    stand_in: RunningStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    contact = NewContact(type=ContactType.PHONE, value=PHONE)
    booking = a_booking(contacts=(contact,))
    kinds = ("status", "html", "empty", "half_body", "drop", "latency")
    for kind in kinds:
        for route in ("token", "create_booking", "list_contacts"):
            stand_in.reset()
            async with a_client(stand_in, attempts=2) as client:
                created = await client.create_booking(PROVIDER_ID, booking)
            stand_in.fail(kind, route=route, commits=True, seconds=1.3 * (kind == "latency"))
            async with a_client(stand_in, attempts=2, call_timeout_seconds=1) as client:
                with told(texts):
                    await client.create_booking(PROVIDER_ID, booking)
                    await client.get_booking_contacts(created.id)
    stand_in.fail(
        "status", route="create_booking", status=400, errors={"contacts": [f"{PHONE} is odd"]}
    )
    async with a_client(stand_in) as client:
        with told(texts):
            await client.create_booking(PROVIDER_ID, booking)
    texts += [str(record.__dict__) for record in caplog.records]
    assert len(texts) > 100
    assert found_in(texts) == set()


def test_no_secret_is_in_the_repr_of_credentials_bookings_and_refused_credentials() -> None:
    contact = NewContact(type=ContactType.PHONE, value=PHONE)
    with pytest.raises(ValidationError) as raised:
        demo_credentials(tenant_id=-1, app_key=f"{DEMO_ACCOUNT.app_key}\n")
    texts = [repr(demo_credentials()), repr(a_booking(contacts=(contact,))), str(raised.value)]
    assert found_in(texts) == set()


async def test_clients_keep_one_client_for_each_tenants_credentials(
    stand_in: RunningStandIn,
) -> None:
    async with open_clients(stand_in.environment) as clients:
        first = clients.for_tenant(demo_credentials())
        assert clients.for_tenant(demo_credentials()) is first
        assert clients.for_tenant(demo_credentials(client_secret="changed")) is not first
