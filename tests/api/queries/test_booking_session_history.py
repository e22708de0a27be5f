"""A session's events, its past states and what changed between them."""

from datetime import timedelta
from typing import Any

import pytest

from app.api.ids import EntityType, encode_id
from app.api.scalars import serialize_datetime
from app.documents.booking_session_event import BookingSessionEventDocument
from app.services.booking_sessions import history
from app.services.booking_sessions.abandon import AbandonSession, abandon_session
from tests.api.client import ApiClient
from tests.api.sessions import Office, an_office, global_id
from tests.contract.journey import load_operations
from tests.domain.booking_session.builders import (
    NOW,
    SERVICE,
    SLOT,
    THROUGH_ZIP,
    ZIP,
    answered,
    chose_service,
    entered,
    failed,
    updated,
    went_back,
)
from tests.services.booking_sessions.builders import LATER, Customer

pytestmark = pytest.mark.usefixtures("database")

HISTORY = load_operations("admin.graphql")["SessionHistory"]

EVENTS = """
query ($id: ID!, $filter: BookingSessionEventFilter, $first: Int, $after: String) {
  bookingSession(id: $id) { ... on BookingSessionBase {
    events(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { sequence eventType }
    }
  } }
}
"""
LISTED_EVENTS = """
{ bookingSessions { nodes { ... on BookingSessionBase { events { nodes { sequence } } } } } }
"""
DATA = """
query ($id: ID!) {
  bookingSession(id: $id) { ... on BookingSessionBase { events(first: 100) { nodes {
    eventType
    data {
      __typename
      ... on SessionStartEventData { sessionContext { url } firstStepId totalInFlow }
      ... on StepNavigationEventData { fromStepId toStepId }
      ... on StepCompletionEventData { formData }
      ... on FieldUpdateEventData { field value }
      ... on ValidationErrorEventData { errorField: field message }
      ... on QuestionAnswerEventData { questionNodeId answerNodeId path }
      ... on ServiceSelectionEventData { nodeId path }
      ... on TimeslotSelectionEventData { startTime endTime }
      ... on SessionAbandonmentEventData { reason }
      ... on SessionCompletionEventData { bookingId confirmationCode }
    }
  } } } }
}
"""
STATE = """
query ($id: ID!, $sequence: Int, $timestamp: DateTime) {
  bookingSession(id: $id) { ... on BookingSessionBase {
    stateAt(sequence: $sequence, timestamp: $timestamp) { stepId formData }
  } }
}
"""
DIFF = """
query ($id: ID!, $from: Int!, $to: Int!) {
  bookingSession(id: $id) { ... on BookingSessionBase {
    diff(from: $from, to: $to) { path before after }
  } }
}
"""


async def ask(client: ApiClient, query: str, customer: Customer, **variables: Any) -> Any:
    """Return the one field asked of the customer's session."""
    data = await client.data(query, {"id": global_id(customer), **variables})
    session = data["bookingSession"]
    [field] = session.values()
    return field


async def refusal(client: ApiClient, query: str, customer: Customer, **variables: Any) -> list[str]:
    answer = await client.execute(query, {"id": global_id(customer), **variables})
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


async def abandon(customer: Customer) -> None:
    await abandon_session(
        AbandonSession(booking_session_id=customer.session_id),
        organization_id=customer.place.organization_id,
        now=LATER + timedelta(minutes=1),
    )


async def a_customer_past_the_zip_code(office: Office) -> Customer:
    """Return a customer with the events 1 started, 2 updated, 3 completed and 4 entered."""
    return await office.a_customer(
        updated(ZIP, "zipcode", "01963"), *THROUGH_ZIP, entered(SERVICE, from_step_id=None)
    )


async def test_the_admin_app_reads_the_history_and_a_past_state_at_once() -> None:
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)

    data = await office.client.data(HISTORY, {"id": global_id(customer), "first": 2, "sequence": 2})

    session = data["bookingSession"]
    [_, event] = session["events"]["nodes"]
    stored = (await customer.events())[1]
    assert event == {
        "id": encode_id(EntityType.BOOKING_SESSION_EVENT, stored.id),
        "sequence": 2,
        "eventType": "FIELD_UPDATED",
        "timestamp": serialize_datetime(LATER),
        "stepId": office.step_id(ZIP),
        "data": {"__typename": "FieldUpdateEventData", "field": "zipcode", "value": "01963"},
    }
    assert session["events"]["pageInfo"]["hasNextPage"] is True
    assert session["stateAt"] == {
        "stepId": office.step_id(ZIP),
        "formData": {office.step_id(ZIP): {"zipcode": "01963"}},
        "serviceSelectionPath": [],
    }


async def test_every_kind_of_event_says_what_it_says() -> None:
    office = await an_office()
    customer = await office.a_customer(
        failed(ZIP, "zipcode"),
        *THROUGH_ZIP,
        entered(SERVICE),
        chose_service("drain"),
        answered("need", "ac"),
        answered("cooling", "no"),
        answered("age", "old"),
        went_back(ZIP, SERVICE),
    )
    await abandon(customer)
    zip_, service = office.step_id(ZIP), office.step_id(SERVICE)

    events = (await ask(office.client, DATA, customer))["nodes"]

    path = ["need", "ac", "cooling", "no", "repair", "age", "old"]
    by_type = {event["eventType"]: event["data"] for event in events}
    assert by_type == {
        "SESSION_STARTED": {
            "__typename": "SessionStartEventData",
            "sessionContext": {"url": None},
            "firstStepId": zip_,
            "totalInFlow": 6,
        },
        "VALIDATION_ERROR": {
            "__typename": "ValidationErrorEventData",
            "errorField": "zipcode",
            "message": "Enter it",
        },
        "STEP_COMPLETED": {
            "__typename": "StepCompletionEventData",
            "formData": {"zipcode": "01963"},
        },
        "STEP_ENTERED": {
            "__typename": "StepNavigationEventData",
            "fromStepId": None,
            "toStepId": service,
        },
        "SERVICE_SELECTED": {
            "__typename": "ServiceSelectionEventData",
            "nodeId": "drain",
            "path": ["need", "drain"],
        },
        "QUESTION_ANSWERED": {
            "__typename": "QuestionAnswerEventData",
            "questionNodeId": "age",
            "answerNodeId": "old",
            "path": path,
        },
        "NAVIGATION_BACK": {
            "__typename": "StepNavigationEventData",
            "fromStepId": service,
            "toStepId": zip_,
        },
        "SESSION_ABANDONED": {"__typename": "SessionAbandonmentEventData", "reason": "CUSTOMER"},
    }


async def test_a_booking_names_its_time_and_its_booking() -> None:
    office = await an_office()
    customer, booking_id = await office.a_booking()

    events = (await ask(office.client, DATA, customer))["nodes"]

    by_type = {event["eventType"]: event["data"] for event in events}
    assert by_type["TIMESLOT_SELECTED"] == {
        "__typename": "TimeslotSelectionEventData",
        "startTime": serialize_datetime(SLOT[0]),
        "endTime": serialize_datetime(SLOT[1]),
    }
    assert by_type["SESSION_COMPLETED"]["bookingId"] == booking_id


async def test_events_are_filtered_by_kind_and_step() -> None:
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)
    zip_, service = office.step_id(ZIP), office.step_id(SERVICE)

    async def sequences(**filter_: Any) -> list[int]:
        events = await ask(office.client, EVENTS, customer, filter=filter_)
        assert events["totalCount"] == len(events["nodes"])
        return [node["sequence"] for node in events["nodes"]]

    assert await sequences(eventTypes=["FIELD_UPDATED", "STEP_ENTERED"]) == [2, 4]
    assert await sequences(stepId=zip_) == [1, 2, 3]
    assert await sequences(stepId=service, eventTypes=["STEP_ENTERED"]) == [4]
    assert await sequences(eventTypes=[]) == []
    assert await sequences(stepId="nonsense") == []


async def test_pages_of_events_go_on_while_the_session_does() -> None:
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)
    first = await ask(office.client, EVENTS, customer, first=3)
    await customer.record(updated(ZIP, "zipcode", "01901"))

    rest = await ask(office.client, EVENTS, customer, first=3, after=first["pageInfo"]["endCursor"])

    assert [node["sequence"] for node in first["nodes"] + rest["nodes"]] == [1, 2, 3, 4, 5]
    assert (first["totalCount"], rest["totalCount"]) == (4, 5)


@pytest.mark.parametrize("query", [EVENTS, LISTED_EVENTS])
async def test_events_of_a_batch_cut_short_are_not_listed(
    query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SECONDS_BETWEEN_LOOKS", 0.001)
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)
    newest = (await customer.events())[-1]
    torn = newest.model_copy(
        update={"id": "f" * 24, "client_event_id": "torn", "sequence": 5, "batch_end": 6}
    )
    await customer.insert_events_only([torn])

    data = await office.client.data(query, {"id": global_id(customer)})

    session = data.get("bookingSession") or data["bookingSessions"]["nodes"][0]
    assert [node["sequence"] for node in session["events"]["nodes"]] == [1, 2, 3, 4]


async def test_states_of_the_past_are_told_by_sequence_and_by_time() -> None:
    office = await an_office()
    customer = await office.a_customer()
    await customer.record(updated(ZIP, "zipcode", "01901"), now=NOW + timedelta(minutes=1))
    await customer.record(*THROUGH_ZIP, entered(SERVICE), now=NOW + timedelta(minutes=2))
    zip_, service = office.step_id(ZIP), office.step_id(SERVICE)
    started = {"stepId": zip_, "formData": {}}
    typed = {"stepId": zip_, "formData": {zip_: {"zipcode": "01901"}}}
    newest = {"stepId": service, "formData": {zip_: {"zipcode": "01963"}}}

    async def at(**point: Any) -> Any:
        return await ask(office.client, STATE, customer, **point)

    assert [await at(sequence=n) for n in (1, 2, 4, 5)] == [started, typed, newest, None]
    minutes = [NOW + timedelta(minutes=m) for m in (-1, 0, 1, 1.5, 2, 600)]
    assert [await at(timestamp=serialize_datetime(moment)) for moment in minutes] == (
        [None, started, typed, typed, newest, newest]
    )
    assert await at() == await at(sequence=None, timestamp=None) == newest


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (STATE, {"sequence": 1, "timestamp": serialize_datetime(NOW)}),
        (STATE, {"sequence": 0}),
        (STATE, {"sequence": -1}),
        (DIFF, {"from": 0, "to": 1}),
        (DIFF, {"from": 2, "to": 1}),
    ],
)
async def test_points_that_make_no_sense_are_bad_input(
    query: str, variables: dict[str, Any]
) -> None:
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)

    assert await refusal(office.client, query, customer, **variables) == ["BAD_USER_INPUT"]


async def test_a_difference_names_each_value_that_changed() -> None:
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)
    zip_, service = office.step_id(ZIP), office.step_id(SERVICE)

    changes = await ask(office.client, DIFF, customer, **{"from": 2, "to": 4})

    assert [(change["path"], change["before"], change["after"]) for change in changes] == [
        (["currentState", "stepId"], zip_, service),
        (["currentState", "navigationState", "visitedStepIds"], [zip_], [zip_, service]),
        (["currentState", "navigationState", "canGoBack"], False, True),
        (["stepProgression", "completedCount"], 0, 1),
        (["stepProgression", "completedStepIds"], [], [zip_]),
        (["stepProgression", "furthestStepId"], zip_, service),
        (["stepProgression", "furthestStepIndex"], 0, 1),
    ]
    assert await ask(office.client, DIFF, customer, **{"from": 3, "to": 3}) == []
    assert await ask(office.client, DIFF, customer, **{"from": 3, "to": 5}) is None


async def test_the_end_of_a_session_moves_what_was_chosen_to_the_outcome() -> None:
    office = await an_office()
    customer, booking_id = await office.a_booking()
    newest = len(await customer.events())

    changes = await ask(office.client, DIFF, customer, **{"from": newest - 1, "to": newest})

    after = {".".join(change["path"]): change["after"] for change in changes}
    assert after["currentState.tempSelections"] is None
    assert after["bookingOutcome.status"] == "COMPLETED"
    assert after["bookingOutcome.bookingId"] == booking_id
    assert after["bookingOutcome.selectedTimeslot"] == {
        "startTime": serialize_datetime(SLOT[0]),
        "endTime": serialize_datetime(SLOT[1]),
    }


async def test_past_of_a_closed_session_whose_events_are_gone_is_expired_not_invented() -> None:
    office = await an_office()
    customer = await a_customer_past_the_zip_code(office)
    await abandon(customer)
    await BookingSessionEventDocument.find({"booking_session_id": customer.session_id}).delete()

    newest = await ask(office.client, STATE, customer)

    assert newest["stepId"] == office.step_id(SERVICE)
    assert await ask(office.client, STATE, customer, sequence=5) == newest
    end = serialize_datetime(LATER + timedelta(hours=1))
    assert await ask(office.client, STATE, customer, timestamp=end) == newest
    assert await refusal(office.client, STATE, customer, sequence=2) == ["EXPIRED"]
    moment = serialize_datetime(NOW + timedelta(minutes=1))
    assert await refusal(office.client, STATE, customer, timestamp=moment) == ["EXPIRED"]
    assert await refusal(office.client, DIFF, customer, **{"from": 1, "to": 5}) == ["EXPIRED"]


async def test_a_session_token_reads_its_own_history_and_no_other() -> None:
    office = await an_office()
    own, other = await office.a_customer(), await office.a_customer()
    client = office.client.with_session(own.session_id)

    assert (await ask(client, EVENTS, own))["totalCount"] == 1
    variables = {"id": global_id(other), "first": 1}
    assert await client.data(HISTORY, variables) == {"bookingSession": None}


async def test_another_organization_reads_nothing() -> None:
    office, stranger = await an_office(), await an_office("Other")
    customer = await office.a_customer()

    variables = {"id": global_id(customer), "first": 1}

    assert await stranger.client.data(HISTORY, variables) == {"bookingSession": None}
