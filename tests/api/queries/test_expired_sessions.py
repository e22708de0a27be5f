"""Sessions whose events were removed after their retention."""

from datetime import timedelta
from typing import Any

import pytest

from app.api.context import RequestContext
from app.api.schema import schema
from app.documents.booking_session_event import BookingSessionEventDocument
from app.documents.organization import Organization
from app.services.booking_sessions.retention import apply_retention
from tests.api.client import SERVER
from tests.api.sessions import Office, an_office, global_id
from tests.domain.booking_session.builders import THROUGH_SUMMARY, ZIP, updated
from tests.services.booking_sessions.builders import LATER, Customer

pytestmark = pytest.mark.usefixtures("database")

EXPIRY = LATER + timedelta(days=30)
SESSION = """
query ($id: ID!) {
  bookingSession(id: $id) { ... on BookingSessionBase {
    sequence
    eventsExpireAt
    metrics { eventCount fieldUpdateCount }
    stepProgression { completedCount }
    bookingOutcome { status ... on CompletedBookingOutcome { bookingId } }
    currentState { formData }
  } }
}
"""
PAST = """
query ($id: ID!, $sequence: Int, $timestamp: DateTime) {
  bookingSession(id: $id) { ... on BookingSessionBase {
    sequence
    stateAt(sequence: $sequence, timestamp: $timestamp) { stepId }
    diff(from: 1, to: 3) { path }
    events { totalCount }
  } }
}
"""
FREQUENCY = """
query ($id: ID!) {
  analytics { eventFrequency(bookingSessionId: $id) {
    totalEvents eventsExpired eventCounts { count } eventTimings { timeSincePreviousSeconds }
  } }
}
"""
FUNNEL = """
query ($range: DateTimeRangeInput!) {
  analytics { funnel(range: $range) { rows { enteredCount timedCount medianTimeMs } } }
}
"""
FOLLOW = """
subscription ($id: ID!) {
  bookingSessionEvents(bookingSessionId: $id, afterSequence: 0) { sequence }
}
"""


async def an_expiring_customer(office: Office, *, removed: bool = True) -> Customer:
    customer = await office.a_customer(updated(ZIP, "zipcode", "1"), *THROUGH_SUMMARY)
    await customer.complete()
    await Organization.get_motor_collection().update_one(
        {"_id": office.place.organization_id}, {"$set": {"event_retention_days": 30}}
    )
    async for _ in apply_retention(now=LATER, default_days=None):
        pass
    if removed:
        await BookingSessionEventDocument.get_motor_collection().delete_many(
            {"booking_session_id": customer.session_id, "expires_at": {"$lte": EXPIRY}}
        )
    return customer


async def test_outcome_metrics_and_progression_stay_as_they_were() -> None:
    office = await an_office()
    customer = await an_expiring_customer(office, removed=False)
    variables = {"id": global_id(customer)}
    before = await office.client.data(SESSION, variables)
    await BookingSessionEventDocument.get_motor_collection().delete_many(
        {"booking_session_id": customer.session_id}
    )

    office.client.now = EXPIRY

    assert await office.client.data(SESSION, variables) == before
    assert before["bookingSession"]["eventsExpireAt"] == "2026-12-20T15:05:00.000Z"


@pytest.mark.parametrize("removed", [True, False], ids=["removed", "about to be removed"])
@pytest.mark.parametrize(
    "point", [{"sequence": 3}, {"timestamp": "2026-11-20T15:04:00.000Z"}], ids=["sequence", "time"]
)
async def test_the_past_says_expired_and_the_rest_is_answered(
    removed: bool, point: dict[str, Any]
) -> None:
    office = await an_office()
    customer = await an_expiring_customer(office, removed=removed)
    office.client.now = EXPIRY

    answer = await office.client.execute(PAST, {"id": global_id(customer), **point})

    session = answer["data"]["bookingSession"]
    assert (session["stateAt"], session["diff"], session["events"]) == (None, None, None)
    assert session["sequence"] == (await customer.stored()).sequence
    assert {error["path"][-1]: error["extensions"]["code"] for error in answer["errors"]} == {
        "stateAt": "EXPIRED",
        "diff": "EXPIRED",
        "events": "EXPIRED",
    }


async def test_until_then_the_past_is_told() -> None:
    office = await an_office()
    customer = await an_expiring_customer(office, removed=False)
    office.client.now = EXPIRY - timedelta(milliseconds=1)

    answer = await office.client.data(PAST, {"id": global_id(customer), "sequence": 3})

    assert answer["bookingSession"]["events"]["totalCount"] == (await customer.stored()).sequence


async def test_newest_state_and_those_that_never_were_need_no_events() -> None:
    office = await an_office()
    customer = await an_expiring_customer(office)
    office.client.now = EXPIRY
    last = (await customer.stored()).sequence
    query = PAST.replace("diff(from: 1, to: 3) { path }", "").replace("events { totalCount }", "")

    points: list[tuple[dict[str, Any], bool]] = [
        ({"sequence": last}, True),
        ({"sequence": last + 1}, False),
        ({"timestamp": "2026-11-21T00:00:00Z"}, True),
        ({"timestamp": "2026-11-20T14:59:59.999Z"}, False),
    ]
    for point, is_there in points:
        answer = await office.client.data(query, {"id": global_id(customer), **point})
        assert (answer["bookingSession"]["stateAt"] is not None) is is_there


async def test_frequency_knows_the_number_of_events_and_says_why_nothing_else() -> None:
    office = await an_office()
    customer = await an_expiring_customer(office)
    office.client.now = EXPIRY

    answer = await office.client.data(FREQUENCY, {"id": global_id(customer)})

    assert answer["analytics"]["eventFrequency"] == {
        "totalEvents": (await customer.stored()).sequence,
        "eventsExpired": True,
        "eventCounts": [],
        "eventTimings": [],
    }


async def test_funnel_counts_expired_sessions_and_takes_no_time_of_them() -> None:
    office = await an_office()
    await an_expiring_customer(office, removed=False)
    variables = {"range": {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"}}
    before = await office.client.data(FUNNEL, variables)
    office.client.now = EXPIRY

    after = await office.client.data(FUNNEL, variables)

    rows = [
        (row["enteredCount"], row["timedCount"]) for row in before["analytics"]["funnel"]["rows"]
    ]
    assert rows == [(1, 1)] * 6
    assert (
        after["analytics"]["funnel"]["rows"]
        == [{"enteredCount": 1, "timedCount": 0, "medianTimeMs": None}] * 6
    )


async def test_subscription_cannot_begin_with_events_that_are_gone() -> None:
    office = await an_office()
    customer = await an_expiring_customer(office)
    context = RequestContext(
        credential=office.client.credential,
        now=EXPIRY,
        request_id="test",
        public_url=SERVER,
        authenticator=office.client.authenticator,
    )

    stream = await schema.subscribe(
        FOLLOW, variable_values={"id": global_id(customer)}, context_value=context
    )
    answer = await anext(stream)

    assert [error.extensions for error in answer.errors or ()] == [{"code": "EXPIRED"}]
