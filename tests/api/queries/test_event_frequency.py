"""The event frequency of a session."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.access import OrganizationCredential, Role
from app.domain.booking_session.event_references import EventIdPolicy
from tests.api.sessions import an_office, global_id
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import NOW, ZIP, failed, updated
from tests.services.booking_sessions.builders import a_customer

pytestmark = pytest.mark.usefixtures("database")

FREQUENCY = load_operations("admin.graphql")["EventFrequency"]


def report(data: Any) -> Any:
    return data["analytics"]["eventFrequency"]


async def test_all_events_count_not_only_those_the_session_refers_to() -> None:
    office = await an_office()
    customer = await a_customer(place=office.place, policy=EventIdPolicy(limit=2))
    for n in range(1, 4):
        await customer.record(updated(ZIP, "zipcode", str(n)), now=NOW + timedelta(seconds=n))
    await customer.record(failed(ZIP, "zipcode"), now=NOW + timedelta(seconds=4.25))

    data = await office.client.data(FREQUENCY, {"bookingSessionId": global_id(customer)})

    assert len((await customer.stored()).booking_session_event_ids) == 2
    assert report(data) == {
        "eventCounts": [
            {"eventType": "SESSION_STARTED", "count": 1},
            {"eventType": "FIELD_UPDATED", "count": 3},
            {"eventType": "VALIDATION_ERROR", "count": 1},
        ],
        "eventTimings": [
            *[{"eventType": "FIELD_UPDATED", "timeSincePreviousSeconds": 1.0}] * 3,
            {"eventType": "VALIDATION_ERROR", "timeSincePreviousSeconds": 1.25},
        ],
        "totalEvents": 5,
    }


async def test_report_says_when_it_was_made() -> None:
    office = await an_office()
    customer = await office.a_customer()
    office.client.now = NOW + timedelta(days=1)

    data = await office.client.data(
        "query ($id: ID!) { analytics { eventFrequency(bookingSessionId: $id) { asOf } } }",
        {"id": global_id(customer)},
    )

    assert report(data) == {"asOf": "2026-11-21T15:00:00.000Z"}


async def test_foreign_and_malformed_sessions_are_null_alike() -> None:
    office, stranger = await an_office(), await an_office("Other")
    customer = await office.a_customer()

    for session_id in (global_id(customer), "nonsense"):
        data = await stranger.client.data(FREQUENCY, {"bookingSessionId": session_id})
        assert report(data) is None


async def test_analysts_read_reports_and_session_tokens_do_not() -> None:
    office = await an_office()
    customer = await office.a_customer()
    assert isinstance(office.client.credential, OrganizationCredential)
    analyst = office.client.credential.model_copy(update={"role": Role.ANALYST})
    variables = {"bookingSessionId": global_id(customer)}

    answered = await office.client.execute(FREQUENCY, variables, as_=analyst)
    refused = await office.client.with_session(customer.session_id).execute(FREQUENCY, variables)

    assert report(answered["data"])["totalEvents"] == 1
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]
