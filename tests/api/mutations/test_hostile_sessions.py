"""What no honest widget sends: each is refused with a code, or is plain data."""

import asyncio
from typing import Any

import pytest

from tests.api.mutations.test_booking_session import (
    OPERATIONS,
    Customer,
    a_customer,
    codes,
    start,
)
from tests.api.site import PAGE, a_site

pytestmark = pytest.mark.usefixtures("database")

NUL, SURROGATE = "a\0b", "a\ud800b"
MEGABYTE = "x" * 1_000_000
STATE_AT = """
query ($id: ID!, $sequence: Int, $timestamp: DateTime) {
  bookingSession(id: $id) { ... on BookingSessionBase {
    stateAt(sequence: $sequence, timestamp: $timestamp) { stepId }
  } }
}
"""


@pytest.mark.parametrize("count", [0, 101, 10_000])
async def test_batch_of_a_wrong_size_stores_nothing(count: int) -> None:
    customer = await a_customer()

    payload = await customer.record(
        *(customer.event(str(number), 0, stepEntered={}) for number in range(count))
    )

    assert codes(payload) == [("OUT_OF_RANGE", ["input", "events"])]
    assert await customer.event_count() == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"fieldUpdated": {"field": "zipcode", "value": MEGABYTE}}, "TOO_LONG"),
        ({"fieldUpdated": {"field": "zipcode", "value": [MEGABYTE]}}, "TOO_LONG"),
        ({"fieldUpdated": {"field": "zipcode", "value": {MEGABYTE: 1}}}, "TOO_LONG"),
        ({"fieldUpdated": {"field": "zipcode", "value": NUL}}, "INVALID"),
        ({"fieldUpdated": {"field": "zipcode", "value": SURROGATE}}, "INVALID"),
        ({"fieldUpdated": {"field": "zipcode", "value": {NUL: 1}}}, "INVALID"),
        ({"fieldUpdated": {"field": "zipcode", "value": {SURROGATE: 1}}}, "INVALID"),
        ({"fieldUpdated": {"field": "zipcode", "value": {"$set": 1}}}, "INVALID"),
        ({"fieldUpdated": {"field": "zipcode", "value": 10**400}}, "OUT_OF_RANGE"),
        ({"fieldUpdated": {"field": "zipcode", "value": float("nan")}}, "INVALID"),
        ({"fieldUpdated": {"field": NUL, "value": 1}}, "INVALID"),
        ({"fieldUpdated": {"field": SURROGATE, "value": 1}}, "INVALID"),
        ({"fieldUpdated": {"field": "$where", "value": 1}}, "INVALID"),
        ({"fieldUpdated": {"field": "zipcode.$[]", "value": 1}}, "INVALID"),
        ({"fieldUpdated": {"field": "", "value": 1}}, "REQUIRED"),
        ({"stepCompleted": {"formData": MEGABYTE}}, "INVALID"),
        ({"stepCompleted": {"formData": {"zipcode": MEGABYTE}}}, "TOO_LONG"),
        ({"stepCompleted": {"formData": {"outcome.status": "completed"}}}, "INVALID"),
        ({"stepCompleted": {"formData": {"$set": {"status": "completed"}}}}, "INVALID"),
        ({"stepCompleted": {"formData": {str(n): n for n in range(1_000)}}}, "TOO_LONG"),
        ({"validationError": {"field": "zipcode", "message": MEGABYTE}}, "TOO_LONG"),
        ({"validationError": {"field": "zipcode", "message": SURROGATE}}, "INVALID"),
        ({"questionAnswered": {"questionNodeId": NUL, "answerNodeId": SURROGATE}}, "INVALID"),
        ({"serviceSelected": {"nodeId": MEGABYTE}}, "TOO_LONG"),
    ],
)
async def test_data_no_database_should_hold_is_refused_with_a_code(
    data: dict[str, Any], code: str
) -> None:
    customer = await a_customer()

    payload = await customer.record(customer.event("1", 0, **data))

    assert code in {found for found, _ in codes(payload)}
    assert {path[:3] == ["input", "events", "0"] for _, path in codes(payload) if path} == {True}
    assert await customer.event_count() == 1


@pytest.mark.parametrize("key", ["a.b", "a$b", ".", "__proto__", "é", "\u202e", "_id"])
async def test_keys_inside_a_value_are_data(key: str) -> None:
    customer = await a_customer()
    value = {key: {"$comment"[1:]: [key]}}

    payload = await customer.record(
        customer.event("1", 0, fieldUpdated={"field": "zipcode", "value": value})
    )

    step_id = customer.site.step_id(0)
    assert payload["userErrors"] == []
    assert payload["bookingSession"]["currentState"]["formData"] == {step_id: {"zipcode": value}}


@pytest.mark.parametrize("client_event_id", ["", NUL, SURROGATE, "x" * 101])
async def test_client_event_id_that_cannot_be_one_is_refused(client_event_id: str) -> None:
    customer = await a_customer()

    payload = await customer.record(customer.event(client_event_id, 0, stepEntered={}))

    assert [path for _, path in codes(payload)] == [["input", "events", "0", "clientEventId"]]


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2500-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
async def test_clocks_far_off_are_kept_and_not_believed(moment: str) -> None:
    customer = await a_customer()
    event = customer.event("1", 0, stepEntered={})

    payload = await customer.record({**event, "clientTimestamp": moment})

    assert payload["userErrors"] == []
    started, entered = await events_of(customer)
    assert entered["clientTimestamp"] == moment.replace("Z", ".000Z")
    assert started["timestamp"] <= entered["occurredAt"] <= entered["timestamp"]


async def events_of(customer: Customer) -> Any:
    query = """query ($id: ID!) { bookingSession(id: $id) { ... on BookingSessionBase {
      events { nodes { sequence timestamp clientTimestamp occurredAt } } } } }"""
    data = await customer.client.data(query, {"id": customer.id})
    return data["bookingSession"]["events"]["nodes"]


async def test_two_tabs_of_one_session_lose_nothing_and_share_one_order() -> None:
    customer = await a_customer()

    async def a_tab(name: str) -> list[list[int]]:
        sequences = []
        for n in range(10):
            events = [
                customer.event(f"{name}{n}{each}", 0, fieldUpdated={"field": "zipcode", "value": n})
                for each in "ab"
            ]
            results = (await customer.record(*events))["results"]
            sequences.append([each["event"]["sequence"] for each in results])
        return sequences

    left, right = await asyncio.gather(a_tab("left"), a_tab("right"))

    batches = sorted([*left, *right])
    assert batches == [[sequence, sequence + 1] for sequence in range(2, 42, 2)]


@pytest.mark.parametrize(
    ("point", "is_there"),
    [
        ({"sequence": 2}, True),
        ({"sequence": 3}, False),
        ({"sequence": 2**31 - 1}, False),
        ({"timestamp": "0001-01-01T00:00:00Z"}, False),
        ({"timestamp": "9999-12-31T23:59:59.999Z"}, True),
    ],
)
async def test_state_before_the_beginning_or_beyond_the_end_is_none(
    point: dict[str, Any], is_there: bool
) -> None:
    customer = await a_customer()
    await customer.record(customer.event("1", 0, stepEntered={}))

    data = await customer.client.data(STATE_AT, {"id": customer.id, **point})

    assert (data["bookingSession"]["stateAt"] is not None) is is_there


@pytest.mark.parametrize("text", [NUL, SURROGATE, MEGABYTE, ""])
@pytest.mark.parametrize(
    "place", ["idempotencyKey", "url", "referrer", "visitorId", "browser", "locale", "token", "utm"]
)
async def test_start_with_garbage_is_refused_or_stored_and_never_a_fault(
    place: str, text: str
) -> None:
    inputs: dict[str, dict[str, Any]] = {
        "idempotencyKey": {"idempotencyKey": text},
        "url": {"context": {"url": text}},
        "referrer": {"context": {"url": PAGE, "referrer": text}},
        "visitorId": {"context": {"url": PAGE, "visitorId": text}},
        "utm": {"context": {"url": PAGE, "utm": {"source": text}}},
        "browser": {"sessionContext": {"device": {"browser": text}}},
        "locale": {"sessionContext": {"locale": text}},
        "token": {"resumedFromSessionToken": text},
    }

    payload = await start(await a_site(), **inputs[place])

    if payload["userErrors"]:
        assert payload["bookingSession"] is None
    else:
        assert payload["bookingSession"]["id"]


async def test_customer_does_not_say_that_the_session_ended_because_they_were_erased() -> None:
    customer = await a_customer()
    abandonment = {"input": {"bookingSessionId": customer.id, "reason": "ERASURE"}}

    data = await customer.client.data(OPERATIONS["AbandonBookingSession"], abandonment)

    assert codes(data["abandonBookingSession"]) == [("INVALID", ["input", "reason"])]
    assert await customer.event_count() == 1
